"""SMS-EMOA: the member that contributes the least hypervolume leaves, by pymoo."""

from typing import Any, ClassVar

import numpy as np
from pymoo.algorithms.moo import sms
from pymoo.core.population import Population
from pymoo.operators.selection.tournament import TournamentSelection

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.checks import check_count
from optimizers.libraries.pymoo.optimizer import ConstrainedPymooOptimizer


class SMSEMOA(ConstrainedPymooOptimizer):
    """SMS-EMOA (Beume, Naujoks & Emmerich, 2007) on choice indices; one child at a time.

    Differs from the paper in its operators (uniform crossover, and mutation that resets a gene with probability 1/d),
    and, as pymoo does, in its reference point, which is fixed at 11 times the population's range, and in that parents
    win a tournament. Children that equal a member of the population are made anew; an architecture that has left the
    population can return, as in the paper.

    Parameters
    ----------
    problem
        What is searched. With a single objective the worst leaves.
    seed
        Of everything random.
    pop_size
        Size of the population.
    n_offsprings
        Children a generation; more than the paper's one can be evaluated at a time.
    """

    paper: ClassVar[str] = "Beume, Naujoks & Emmerich, 2007"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100, n_offsprings: int = 1) -> None:
        check_count("pop_size", pop_size, least=2)
        check_count("n_offsprings", n_offsprings)
        algorithm = sms.SMSEMOA(
            pop_size=pop_size,
            n_offsprings=n_offsprings,
            selection=TournamentSelection(func_comp=sms.cv_and_dom_tournament),
            survival=sms.LeastHypervolumeContributionSurvival() if len(problem.objectives) > 1 else _BestSurvival(),
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=max(pop_size, n_offsprings))


class _BestSurvival(sms.LeastHypervolumeContributionSurvival):  # type: ignore[misc]
    """The best of a single objective, for which pymoo's survival fails."""

    def _do(self, problem: Any, pop: Population, *args: Any, n_survive: int, **kwargs: Any) -> Population:
        return pop[np.argsort(pop.get("F")[:, 0], kind="stable")[:n_survive]]
