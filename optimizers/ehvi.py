"""EHVI: expected hypervolume improvement, in closed form, by BoTorch."""

from typing import Any

from optimizers.libraries.botorch.model_based import ModelBased


class EHVI(ModelBased):
    """Expected hypervolume improvement (Emmerich, Giannakoglou & Naujoks, 2006) of independent Gaussian processes.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    With a single objective it is the expected improvement. Settings are those of `ModelBased`.
    """

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.multi_objective import ExpectedHypervolumeImprovement
        from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

        if view.Y.shape[1] == 1:
            return LogExpectedImprovement(view.model, best_f=view.Y.max())
        partitioning = FastNondominatedPartitioning(view.reference, Y=view.Y)
        return ExpectedHypervolumeImprovement(view.model, view.reference.tolist(), partitioning)
