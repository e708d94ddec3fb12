"""EHVI: expected hypervolume improvement, in closed form, by BoTorch."""

from typing import Any, ClassVar

from optimizers.libraries.botorch.model_based import ModelBased


class EHVI(ModelBased):
    """Expected hypervolume improvement (Emmerich, Giannakoglou & Naujoks, 2006) of independent Gaussian processes.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, with a local
    search from the best. Pending evaluations count as observed at their predicted means.

    With a single objective it is the expected improvement. Settings are those of `ModelBased`.
    """

    paper: ClassVar[str] = "Emmerich, Giannakoglou & Naujoks, 2006"

    @property
    def is_log(self) -> bool:
        """Of a single objective alone."""
        return self._m == 1

    def acquisition(self, inputs: Any) -> Any:
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.multi_objective import ExpectedHypervolumeImprovement

        from optimizers.libraries.botorch.partitioning import Partitioning

        if inputs.Y.shape[1] == 1:
            return LogExpectedImprovement(inputs.model, best_f=inputs.Y.max())
        partitioning = Partitioning(inputs.reference, Y=inputs.Y)
        return ExpectedHypervolumeImprovement(inputs.model, inputs.reference.tolist(), partitioning)
