"""qLogNParEGO: noisy expected improvement of random Chebyshev scalarisations, by BoTorch."""

from typing import Any, ClassVar

import numpy as np

from optimizers.libraries.botorch.model_based import ModelBased


class QLogNParEGO(ModelBased):
    """ParEGO (Knowles, 2006) by samples (Daulton et al., 2020) and with logarithms (Ament et al., 2023).

    Each step draws weights uniformly on the simplex.

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, with a
    local search from the best. Pending evaluations are integrated over.

    With a single objective it is the noisy expected improvement. Settings are those of `ModelBased`.
    """

    paper: ClassVar[str] = "Knowles, 2006"
    imputes_pending: ClassVar[bool] = False
    default_candidates: ClassVar[int] = 400

    def acquisition(self, inputs: Any) -> Any:
        import torch
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.parego import qLogNParEGO

        settings = {
            "X_baseline": inputs.X,
            "sampler": inputs.sampler,
            "X_pending": inputs.pending,
            "prune_baseline": True,
        }
        if inputs.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(inputs.model, **settings)
        weights = torch.from_numpy(np.random.default_rng(inputs.seed).dirichlet(np.ones(self._m))).to(inputs.Y)
        return qLogNParEGO(inputs.model, scalarization_weights=weights, **settings)
