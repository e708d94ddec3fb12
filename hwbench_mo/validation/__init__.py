"""Validation: how good the surrogates and the baselines are on architectures that they were not fitted to."""
