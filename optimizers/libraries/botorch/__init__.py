"""What the optimizers of BoTorch share. The record here and `model_based` need no import of torch."""

from optimizers.shared import Library

BOTORCH = Library(
    name="BoTorch",
    module="botorch",
    distributions=("botorch", "gpytorch", "linear_operator", "torch"),
    extra="botorch",
)
"""BoTorch with GPyTorch, on which its Gaussian processes stand."""

__all__ = ["BOTORCH"]
