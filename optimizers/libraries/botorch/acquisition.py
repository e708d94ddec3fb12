"""What an acquisition function is built from."""

from dataclasses import dataclass
from typing import Any

import torch
from botorch.sampling import SobolQMCNormalSampler

N_SAMPLES = 32
"""Posterior samples of an acquisition function that is a mean of samples."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AcquisitionInputs:
    """Tensors in BoTorch's terms: objectives are maximised, and have mean 0 and variance 1."""

    model: Any
    X: Any
    """``[n, k]``; features of the observed architectures, and of pending ones whose values are imputed."""
    Y: Any
    """``[n, m]``; their values."""
    reference: Any
    """``[m]``; the reference point."""
    pending: Any
    """``[p, k]``; features of the pending architectures, or None."""
    seed: int
    is_constrained: bool = False
    """Whether ``X`` and ``Y`` are the feasible ones alone, and values are multiplied with probabilities afterwards."""

    @property
    def sampler(self) -> Any:
        return SobolQMCNormalSampler(torch.Size([N_SAMPLES]), seed=self.seed)
