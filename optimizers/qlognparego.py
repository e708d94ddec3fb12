"""qLogNParEGO: noisy expected improvement of random Chebyshev scalarisations, by BoTorch."""

from typing import Any, ClassVar

import numpy as np

from optimizers.libraries.botorch.model_based import ModelBased


class QLogNParEGO(ModelBased):
    """ParEGO (Knowles, 2006) by samples (Daulton et al., 2020) and with logarithms (Ament et al., 2023).

    Each step draws weights uniformly on the simplex.

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding are integrated over.

    With a single objective it is the noisy expected improvement. Settings are those of `ModelBased`.
    """

    believes: ClassVar[bool] = False
    candidates: ClassVar[int] = 400

    def acquisition(self, view: Any) -> Any:
        import torch
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.parego import qLogNParEGO

        settings = {"X_baseline": view.X, "sampler": view.sampler, "X_pending": view.pending, "prune_baseline": True}
        if view.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(view.model, **settings)
        weights = torch.from_numpy(np.random.default_rng(view.seed).dirichlet(np.ones(self._m)))
        return qLogNParEGO(view.model, scalarization_weights=weights, **settings)
