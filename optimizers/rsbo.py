"""RSBO: Bayesian optimization of random linear scalarisations, by BoTorch."""

import math
from typing import Any, ClassVar

import numpy as np

from optimizers.libraries.botorch.model_based import ModelBased


class RSBO(ModelBased):
    """Upper confidence bounds of random scalarisations (Paria, Kandasamy & Póczos, 2020).

    Each step draws weights uniformly on the simplex, and maximises the weighted sum of the objectives' bounds, mean and
    ``sqrt(0.125 log(2t + 1))`` deviations after t observations; objectives are divided by their deviation.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, with a local
    search from the best. Pending evaluations count as observed at their predicted means.

    Settings are those of `ModelBased`.
    """

    paper: ClassVar[str] = "Paria, Kandasamy & Póczos, 2020"

    def acquisition(self, inputs: Any) -> Any:
        import torch

        weights = torch.from_numpy(np.random.default_rng(inputs.seed).dirichlet(np.ones(self._m))).to(inputs.Y)
        width = math.sqrt(0.125 * math.log(2 * len(inputs.Y) + 1))

        def bound(X: Any) -> Any:
            posterior = inputs.model.posterior(X)
            return ((posterior.mean + width * posterior.variance.sqrt()) @ weights)[:, 0]

        return bound
