"""qLogNEHVI: logarithm of the noisy expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from hwbench_mo import Problem
from optimizers._botorch import ModelBased

N_PRUNING_SAMPLES = 64
"""An architecture that is on the front of none of so many samples is left out of it."""


class QLogNEHVI(ModelBased):
    """The logarithm (Ament et al., 2023) of the noisy expected hypervolume improvement (Daulton et al., 2021).

    Differs from the papers in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding are integrated over.

    Parameters
    ----------
    problem
        What is searched. With a single objective it is the noisy expected improvement.
    seed
        Of everything random.
    n_initial
        Random architectures before the first model.
    n_candidates
        Candidates a step, before climbing.
    refit
        Hyperparameters are fitted again when observations have grown by this fraction.
    """

    believes: ClassVar[bool] = False
    climbs: ClassVar[int] = 2  # a neighbourhood takes a quarter of a second

    def __init__(
        self, problem: Problem, *, seed: int, n_initial: int = 20, n_candidates: int = 100, refit: float = 0.2
    ) -> None:
        super().__init__(problem, seed=seed, n_initial=n_initial, n_candidates=n_candidates, refit=refit)

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
        from botorch.acquisition.multi_objective.utils import prune_inferior_points_multi_objective

        settings = {"sampler": view.sampler, "X_pending": view.pending}
        if view.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(view.model, view.X, prune_baseline=True, **settings)
        # By itself it draws 2,048 samples to find out who may be on the front, which takes longer than all the rest.
        baseline = prune_inferior_points_multi_objective(
            view.model, view.X, ref_point=view.reference, num_samples=N_PRUNING_SAMPLES
        )
        return qLogNoisyExpectedHypervolumeImprovement(view.model, view.reference, baseline, **settings)
