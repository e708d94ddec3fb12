"""EHVI: expected hypervolume improvement, in closed form, by BoTorch."""

from typing import Any

from hwbench_mo import Problem
from optimizers._botorch import ModelBased


class EHVI(ModelBased):
    """Expected hypervolume improvement (Emmerich, Giannakoglou & Naujoks, 2006) of independent Gaussian processes.

    Differs from the paper in that candidates are architectures: random ones and neighbours of the archive, of which
    the best climbs to better neighbours. Results that are outstanding count as known, at their predicted means.

    Parameters
    ----------
    problem
        What is searched. With a single objective it is the expected improvement.
    seed
        Of everything random.
    n_initial
        Random architectures before the first model.
    n_candidates
        Candidates a step, before climbing.
    refit
        Hyperparameters are fitted again when observations have grown by this fraction.
    """

    def __init__(
        self, problem: Problem, *, seed: int, n_initial: int = 20, n_candidates: int = 1000, refit: float = 0.2
    ) -> None:
        super().__init__(problem, seed=seed, n_initial=n_initial, n_candidates=n_candidates, refit=refit)

    def acquisition(self, view: Any) -> Any:
        from botorch.acquisition import LogExpectedImprovement
        from botorch.acquisition.multi_objective import ExpectedHypervolumeImprovement
        from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

        if view.Y.shape[1] == 1:
            return LogExpectedImprovement(view.model, best_f=view.Y.max())
        partitioning = FastNondominatedPartitioning(view.reference, Y=view.Y)
        return ExpectedHypervolumeImprovement(view.model, view.reference.tolist(), partitioning)
