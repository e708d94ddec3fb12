"""RSBO: Bayesian optimization of random linear scalarisations, by BoTorch."""

import math
from typing import Any

import numpy as np

from hwbench_mo import Problem
from optimizers._botorch import ModelBased


class RSBO(ModelBased):
    """Upper confidence bounds of random scalarisations (Paria, Kandasamy & Póczos, 2020).

    Each step draws weights uniformly on the simplex, and maximises the weighted sum of the objectives' bounds, mean and
    ``sqrt(0.125 log(2t + 1))`` deviations after t observations; objectives are divided by their deviation.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    n_initial
        Random architectures before the first model.
    n_candidates
        Candidates a step, before climbing.
    refit
        Hyperparameters are fitted again when observations have grown by this fraction.
    """

    def __init__(
        self, problem: Problem, *, seed: int, n_initial: int = 20, n_candidates: int = 1000, refit: float = 0.2
    ) -> None:
        super().__init__(problem, seed=seed, n_initial=n_initial, n_candidates=n_candidates, refit=refit)

    def acquisition(self, view: Any) -> Any:
        import torch

        weights = torch.from_numpy(np.random.default_rng(view.seed).dirichlet(np.ones(self._m)))
        width = math.sqrt(0.125 * math.log(2 * len(view.Y) + 1))

        def bound(X: Any) -> Any:
            posterior = view.model.posterior(X)
            return ((posterior.mean + width * posterior.variance.sqrt()) @ weights)[:, 0]

        return bound
