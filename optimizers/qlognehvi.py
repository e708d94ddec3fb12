"""qLogNEHVI: logarithm of the noisy expected hypervolume improvement, by samples, by BoTorch."""

from typing import Any, ClassVar

from hwbench_mo import Problem
from optimizers._botorch import ModelBased


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

    def __init__(
        self, problem: Problem, *, seed: int, n_initial: int = 20, n_candidates: int = 200, refit: float = 0.2
    ) -> None:
        super().__init__(problem, seed=seed, n_initial=n_initial, n_candidates=n_candidates, refit=refit)

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement

        settings = {"X_baseline": view.X, "sampler": view.sampler, "X_pending": view.pending, "prune_baseline": True}
        if view.Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(view.model, **settings)
        return qLogNoisyExpectedHypervolumeImprovement(view.model, view.reference, **settings)
