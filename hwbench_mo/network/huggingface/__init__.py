"""The networks in the terms of the library transformers; exported folders hold copies of these files."""
