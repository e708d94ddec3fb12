"""The version of the package; artifacts and trajectories carry it."""

__version__ = "0.2.0"
