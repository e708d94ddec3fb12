"""The Gaussian processes of the model-based optimizers; `studies.bo_encoding` compares other kernels."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from botorch.models import SingleTaskGP
from botorch.optim.fit import fit_gpytorch_mll_scipy
from gpytorch.constraints import GreaterThan
from gpytorch.kernels import MaternKernel, ScaleKernel
from gpytorch.mlls import ExactMarginalLogLikelihood
from gpytorch.priors import LogNormalPrior

MAX_ITERATIONS = 50
"""Of a fit; BoTorch's default takes several times as long."""


def matern(batch: Any, dims: Sequence[int], *, ard: bool) -> MaternKernel:
    """Matérn-5/2 of some features, with the dimension-scaled prior of length scales of Hvarfner et al. (2024)."""
    prior = LogNormalPrior(math.sqrt(2) + math.log(len(dims)) / 2, math.sqrt(3))
    return MaternKernel(
        2.5,
        ard_num_dims=len(dims) if ard else None,
        active_dims=tuple(dims),
        batch_shape=batch,
        lengthscale_prior=prior,
        lengthscale_constraint=GreaterThan(2.5e-2, transform=None, initial_value=prior.mode),
    )


def gaussian_process(X: Any, Y: Any) -> Any:
    """Independent processes of the columns of ``Y`` ``[n, m]``, with a length scale for each feature."""
    batch = torch.Size([Y.shape[1]]) if Y.shape[1] > 1 else torch.Size()
    kernel = ScaleKernel(matern(batch, range(X.shape[1]), ard=True), batch_shape=batch)
    return SingleTaskGP(X, Y, covar_module=kernel, outcome_transform=None)


def fit(model: Any, *, closure: Any = None) -> None:
    """Maximise the marginal likelihood; ``closure`` is its value and gradient, which GPyTorch finds by default."""
    mll = ExactMarginalLogLikelihood(model.likelihood, model)
    mll.train()
    fit_gpytorch_mll_scipy(mll, closure=closure, options={"maxiter": MAX_ITERATIONS})
    mll.eval()
