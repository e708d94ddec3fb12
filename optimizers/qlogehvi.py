"""qLogEHVI: logarithm of the expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from optimizers.libraries.botorch.model_based import ModelBased


class QLogEHVI(ModelBased):
    """The logarithm (Ament et al., 2023) of the expected hypervolume improvement by samples (Daulton et al., 2020).

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    With a single objective it is the logarithm of the expected improvement. Settings are those of `ModelBased`.
    """

    candidates: ClassVar[int] = 200

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition.logei import qLogExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogExpectedHypervolumeImprovement
        from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

        if view.Y.shape[1] == 1:
            return qLogExpectedImprovement(view.model, best_f=view.Y.max(), sampler=view.sampler)
        partitioning = FastNondominatedPartitioning(view.reference, Y=view.Y)
        return qLogExpectedHypervolumeImprovement(view.model, view.reference, partitioning, sampler=view.sampler)
