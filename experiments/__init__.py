"""Experiments: Hydra runs optimizers on problems, and `experiments.compare` reports what came of it."""
