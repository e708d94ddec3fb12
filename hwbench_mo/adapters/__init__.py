"""A space in the terms of other libraries, a module a library; each but `botorch` imports its library."""
