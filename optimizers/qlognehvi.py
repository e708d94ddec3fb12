"""qLogNEHVI: logarithm of the noisy expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from optimizers.libraries.botorch.model_based import ModelBased

N_PRUNING_SAMPLES = 64
"""An architecture that is on the front of none of so many samples is left out of it."""


class QLogNEHVI(ModelBased):
    """The logarithm (Ament et al., 2023) of the noisy expected hypervolume improvement (Daulton et al., 2021).

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding are integrated over.

    With a single objective it is the noisy expected improvement. Settings are those of `ModelBased`.
    """

    believes: ClassVar[bool] = False
    candidates: ClassVar[int] = 100
    climbs: ClassVar[int] = 2  # a neighbourhood takes a quarter of a second

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
        from botorch.acquisition.multi_objective.utils import prune_inferior_points_multi_objective

        settings = {"sampler": view.sampler, "X_pending": view.pending}
        if view.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(view.model, view.X, prune_baseline=True, **settings)
        # By itself it draws 2,048 samples to find out who may be on the front: a third of the time of a suggestion.
        baseline = prune_inferior_points_multi_objective(
            view.model, view.X, ref_point=view.reference, num_samples=N_PRUNING_SAMPLES
        )
        return qLogNoisyExpectedHypervolumeImprovement(view.model, view.reference, baseline, **settings)
