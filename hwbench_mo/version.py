"""The version of the package; artifacts and trajectories carry it."""

__version__ = "0.1.0"
