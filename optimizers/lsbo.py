"""LSBO: Bayesian optimization of one linear scalarisation, by BoTorch."""

from typing import Any

import numpy as np

from hwbench_mo import Problem
from optimizers._botorch import ModelBased


class LSBO(ModelBased):
    """Expected improvement (Jones, Schonlau & Welch, 1998) of one weighted sum of the objectives.

    Its weights are drawn from the seed, once, uniformly on the simplex; objectives are divided by their deviation.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    Settings are those of `ModelBased`.
    """

    def __init__(self, problem: Problem, *, seed: int, **settings: Any) -> None:
        super().__init__(problem, seed=seed, **settings)
        self._weights = np.random.default_rng([seed, 1]).dirichlet(np.ones(self._m))

    def acquisition(self, view: Any) -> Any:
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.objective import ScalarizedPosteriorTransform

        weights = torch.from_numpy(self._weights)
        transform = ScalarizedPosteriorTransform(weights)
        return LogExpectedImprovement(view.model, best_f=(view.Y @ weights).max(), posterior_transform=transform)
