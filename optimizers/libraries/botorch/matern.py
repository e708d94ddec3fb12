"""The kernel of the model-based optimizers in closed form, and its hyperparameters as plain tensors."""

import math
from dataclasses import dataclass
from typing import Any

SQRT5 = math.sqrt(5)


@dataclass(frozen=True, kw_only=True, eq=False)
class Hyperparameters:
    """Those of independent processes with constant means, Matérn-5/2 kernels and homoscedastic noise."""

    constant: Any
    """``[m]``; prior means."""
    outputscale: Any
    """``[m]``; prior variances."""
    lengthscale: Any
    """``[m, k]``; one a feature."""
    noise: Any
    """``[m]``; variances of the noise."""

    @classmethod
    def of(cls, model: Any) -> "Hyperparameters":
        """Of a model of `gaussian_process`, detached from its parameters."""
        kernel = model.covar_module
        return cls(
            constant=model.mean_module.constant.detach().reshape(-1).clone(),
            outputscale=kernel.outputscale.detach().reshape(-1).clone(),
            lengthscale=kernel.base_kernel.lengthscale.detach().flatten(end_dim=-2).clone(),
            noise=model.likelihood.noise.detach().reshape(-1).clone(),
        )


def matern52(distance: Any) -> Any:
    """``(1 + a + a^2 / 3) exp(-a)`` of ``a = sqrt(5) distance``, element by element.

    >>> import torch
    >>> [round(matern52(torch.tensor(d)).item(), 6) for d in (0.0, 1.0)]
    [1.0, 0.523994]
    """
    a = SQRT5 * distance
    return (a * a / 3 + a + 1).mul_((-a).exp_())
