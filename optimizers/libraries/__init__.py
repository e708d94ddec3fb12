"""The libraries that run optimizers, a folder each: what its adapters share, and the record of the library."""
