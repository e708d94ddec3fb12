"""Adapters: a space in the terms of another library. Each module needs its library, and is imported by who has it."""
