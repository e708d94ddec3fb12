"""What the optimizers of Optuna share. The record here needs no import of Optuna."""

from optimizers.shared import Library

OPTUNA = Library(name="Optuna", module="optuna", distributions=("optuna",), extra="optuna")
"""Optuna, whose sampler suggests."""

__all__ = ["OPTUNA"]
