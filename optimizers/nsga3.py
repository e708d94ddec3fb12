"""NSGA-III: non-dominated sorting and niches around reference directions, by pymoo."""

from typing import ClassVar

from pymoo.algorithms.moo import nsga3
from pymoo.operators.selection.tournament import TournamentSelection

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.checks import check_count
from optimizers.libraries.pymoo.directions import reference_directions
from optimizers.libraries.pymoo.optimizer import ConstrainedPymooOptimizer


class NSGA3(ConstrainedPymooOptimizer):
    """NSGA-III (Deb & Jain, 2014) on choice indices.

    Differs from the paper, which is about real variables, in its operators: uniform crossover, and mutation that
    resets a gene with probability 1/d. Children that equal each other or a member of the population are made anew;
    an architecture that has left the population can return, as in the paper.

    Parameters
    ----------
    problem
        What is searched. With a single objective there is one direction, and the best survive.
    seed
        Of everything random.
    pop_size
        Size of the population and of each generation; there are as many directions (Das & Dennis, 1998) as fit.
    """

    paper: ClassVar[str] = "Deb & Jain, 2014"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_count("pop_size", pop_size, least=2)
        algorithm = nsga3.NSGA3(
            ref_dirs=reference_directions(len(problem.objectives), pop_size),
            pop_size=pop_size,
            selection=TournamentSelection(func_comp=nsga3.comp_by_cv_then_random),
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)
