"""Features and kernel of the Gaussian processes: what `benchmarks.bo_encoding` found to predict best."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from botorch.models import SingleTaskGP
from botorch.optim.fit import fit_gpytorch_mll_scipy
from gpytorch.constraints import GreaterThan
from gpytorch.kernels import MaternKernel, ScaleKernel
from gpytorch.mlls import ExactMarginalLogLikelihood
from gpytorch.priors import LogNormalPrior

from hwbench_mo.spaces import Space
from hwbench_mo.spaces.coding import FIRST_SLOT
from hwbench_mo.typing import Codes, Floats

MAX_ITERATIONS = 50
"""Of a fit; by default fits take several times as long."""


def features(space: Space, codes: Codes) -> Floats:
    """``[n, k]``: the shared genes, the share of slots that take each choice, and where the large choices are.

    What hardware costs is a sum over layers, wherever they are; quality depends a little on where. The last two
    features are the moments of mlp_ratio and n_head about the middle slot.

    >>> from hwbench_mo.spaces import SearchSpace
    >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,))
    >>> features(space, np.array([[0, 1, 1, 0, 1, 0, 0], [0, 0, 1, 1, 0, 0, 0]])).tolist()
    [[0.0, 1.0, 1.0, 0.5, 0.5, 1.0, 0.5, 0.0], [0.0, 0.0, 1.0, 0.0, 0.5, 0.5, -0.5, 0.0]]
    """
    active = space.active_slots(codes)
    place = np.linspace(-1, 1, space.n_slots) / space.n_slots
    columns = list((codes[:, :FIRST_SLOT] / np.maximum(space.n_choices[:FIRST_SLOT] - 1, 1)).T)
    genes = ((codes[:, space.mlp_genes], len(space.mlp_ratio)), (codes[:, space.head_genes], len(space.n_head)))
    for chosen, n_choices in genes:
        columns += [((chosen == choice) & active).mean(axis=1) for choice in range(n_choices)]
    columns += [(chosen / max(n_choices - 1, 1)) @ place for chosen, n_choices in genes]
    return np.stack(columns, axis=1)


def matern(batch: Any, dims: Sequence[int], *, ard: bool) -> MaternKernel:
    """Matérn-5/2 of some features, with the prior of lengths that suits so many (Hvarfner et al., 2024)."""
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
    """Independent processes of the columns of ``Y`` ``[n, m]``, with a length for each feature."""
    batch = torch.Size([Y.shape[1]]) if Y.shape[1] > 1 else torch.Size()
    kernel = ScaleKernel(matern(batch, range(X.shape[1]), ard=True), batch_shape=batch)
    return SingleTaskGP(X, Y, covar_module=kernel, outcome_transform=None)


def fit(model: Any) -> None:
    """Maximise the marginal likelihood."""
    mll = ExactMarginalLogLikelihood(model.likelihood, model)
    mll.train()
    fit_gpytorch_mll_scipy(mll, options={"maxiter": MAX_ITERATIONS})
    mll.eval()
