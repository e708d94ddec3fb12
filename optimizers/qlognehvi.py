"""qLogNEHVI: logarithm of the noisy expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from optimizers.libraries.botorch.model_based import ModelBased

N_PRUNING_SAMPLES = 64
"""Posterior samples; an architecture that is non-dominated in none of them is left out of the baseline."""


class QLogNEHVI(ModelBased):
    """The logarithm (Ament et al., 2023) of the noisy expected hypervolume improvement (Daulton et al., 2021).

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, with a
    local search from the best. Pending evaluations are integrated over.

    With a single objective it is the noisy expected improvement. Settings are those of `ModelBased`.
    """

    paper: ClassVar[str] = "Ament et al., 2023"
    imputes_pending: ClassVar[bool] = False
    default_candidates: ClassVar[int] = 100
    local_search_steps: ClassVar[int] = 2  # each value is a mean over the boxes of 32 fronts

    def acquisition(self, inputs: Any) -> Any:
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement

        from optimizers.libraries.botorch.baseline import pruned_baseline
        from optimizers.libraries.botorch.screening import ScreenedLogNEHVI, UnscreenedLogNEHVI

        settings = {"sampler": inputs.sampler, "X_pending": inputs.pending}
        if inputs.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(inputs.model, inputs.X, prune_baseline=True, **settings)
        # BoTorch prunes with 2,048 samples by default, which takes a third of the time of a suggestion.
        baseline = pruned_baseline(inputs.model, inputs.X, reference=inputs.reference, n_samples=N_PRUNING_SAMPLES)
        # Screening finds the best candidate alone; with constraints, it need not be the best.
        kind = UnscreenedLogNEHVI if inputs.is_constrained else ScreenedLogNEHVI
        return kind(inputs.model, inputs.reference, baseline, **settings)
