"""qLogEHVI: logarithm of the expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from optimizers.libraries.botorch.model_based import ModelBased


class QLogEHVI(ModelBased):
    """The logarithm (Ament et al., 2023) of the expected hypervolume improvement by samples (Daulton et al., 2020).

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, with a
    local search from the best. Pending evaluations count as observed at their predicted means.

    With a single objective it is the logarithm of the expected improvement. Settings are those of `ModelBased`.
    """

    paper: ClassVar[str] = "Ament et al., 2023"
    default_candidates: ClassVar[int] = 200

    def acquisition(self, inputs: Any) -> Any:
        from botorch.acquisition.logei import qLogExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogExpectedHypervolumeImprovement

        from optimizers.libraries.botorch.partitioning import Partitioning
        from optimizers.libraries.botorch.screening import ScreenedLogEHVI

        if inputs.Y.shape[1] == 1:
            return qLogExpectedImprovement(inputs.model, best_f=inputs.Y.max(), sampler=inputs.sampler)
        partitioning = Partitioning(inputs.reference, Y=inputs.Y)
        # Screening finds the best candidate alone; with constraints, it need not be the best.
        kind = qLogExpectedHypervolumeImprovement if inputs.is_constrained else ScreenedLogEHVI
        return kind(inputs.model, inputs.reference, partitioning, sampler=inputs.sampler)
