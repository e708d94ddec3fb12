"""LSBO: Bayesian optimization of one linear scalarisation, by BoTorch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.typing import Floats
from optimizers.libraries.botorch.model_based import ModelBased


class LSBO(ModelBased):
    """Expected improvement (Jones, Schonlau & Welch, 1998) of one weighted sum of the objectives.

    One sum has its minimum at one point of the front: this goes there, and the front about it is what lay on the way.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    Parameters
    ----------
    weights
        One an objective, of the objectives divided by their deviation; by default all are equal, as in Syne Tune's
        ``LinearScalarizedScheduler``, which adds up the objectives in whatever units they have.
    settings
        Those of `ModelBased`.
    """

    def __init__(self, problem: Problem, *, seed: int, weights: Sequence[float] | None = None, **settings: Any) -> None:
        super().__init__(problem, seed=seed, **settings)
        self._weights = checked(weights, self._m)

    def acquisition(self, view: Any) -> Any:
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.objective import ScalarizedPosteriorTransform

        weights = torch.from_numpy(self._weights)
        transform = ScalarizedPosteriorTransform(weights)
        return LogExpectedImprovement(view.model, best_f=(view.Y @ weights).max(), posterior_transform=transform)


def checked(weights: Sequence[float] | None, m: int) -> Floats:
    """``[m]``, of sum 1.

    >>> checked([1, 3], 2)
    array([0.25, 0.75])
    """
    try:
        found = np.ones(m) if weights is None else np.array(list(weights), dtype=np.float64)
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.shape != (m,) or not np.isfinite(found).all() or (found < 0).any() or not found.sum() > 0:
        raise InputError(f"weights is {weights}, but must be {m} numbers, one an objective, none negative, not all 0")
    scaled: Floats = found / found.max()  # the sum of the largest numbers is none
    shares: Floats = scaled / scaled.sum()
    return shares
