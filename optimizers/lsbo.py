"""LSBO: Bayesian optimization of one linear scalarisation, by BoTorch."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from hwbench_mo import InputError, Problem
from hwbench_mo.typing import Floats
from optimizers.libraries.botorch.model_based import ModelBased


class LSBO(ModelBased):
    """Expected improvement (Jones, Schonlau & Welch, 1998) of one weighted sum of the objectives.

    One sum has its minimum at one point of the front, to which the search goes; the rest of the front is not its aim.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, with a local
    search from the best. Pending evaluations count as observed at their predicted means.

    Parameters
    ----------
    weights
        One an objective, of the objectives divided by their deviation; by default all are equal, as in Syne Tune's
        ``LinearScalarizedScheduler``, which adds up the objectives in whatever units they have.
    settings
        Those of `ModelBased`.
    """

    paper: ClassVar[str] = "Jones, Schonlau & Welch, 1998"

    def __init__(self, problem: Problem, *, seed: int, weights: Sequence[float] | None = None, **settings: Any) -> None:
        super().__init__(problem, seed=seed, **settings)
        self._weights = normalised_weights(weights, self._m)

    def acquisition(self, inputs: Any) -> Any:
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.objective import ScalarizedPosteriorTransform

        weights = torch.from_numpy(self._weights).to(inputs.Y)
        transform = ScalarizedPosteriorTransform(weights)
        return LogExpectedImprovement(inputs.model, best_f=(inputs.Y @ weights).max(), posterior_transform=transform)


def normalised_weights(weights: Sequence[float] | None, m: int) -> Floats:
    """``[m]``, of sum 1; equal by default.

    Raises
    ------
    InputError
        If they are not m finite numbers, one is negative or all are 0.

    Examples
    --------
    >>> normalised_weights([1, 3], 2)
    array([0.25, 0.75])
    """
    try:
        found = np.ones(m) if weights is None else np.array(list(weights), dtype=np.float64)
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.shape != (m,) or not np.isfinite(found).all() or (found < 0).any() or not found.sum() > 0:
        raise InputError(f"weights is {weights}, but must be {m} numbers, one an objective, none negative, not all 0")
    scaled: Floats = found / found.max()  # the sum of the largest numbers overflows
    shares: Floats = scaled / scaled.sum()
    return shares
