"""NSGA-II: non-dominated sorting and crowding distance, by pymoo."""

from typing import ClassVar

from pymoo.algorithms.moo import nsga2
from pymoo.operators.selection.tournament import TournamentSelection
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.checks import check_count
from optimizers.libraries.pymoo.optimizer import ConstrainedPymooOptimizer


class NSGA2(ConstrainedPymooOptimizer):
    """NSGA-II (Deb, Pratap, Agarwal & Meyarivan, 2002) on choice indices.

    Differs from the paper, which is about real and binary variables, in its operators: uniform crossover, and
    mutation that resets a gene with probability 1/d. Children that equal each other or a member of the population are
    made anew; an architecture that has left the population can return, as in the paper.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    pop_size
        Size of the population and of each generation.
    """

    paper: ClassVar[str] = "Deb, Pratap, Agarwal & Meyarivan, 2002"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_count("pop_size", pop_size, least=2)
        algorithm = nsga2.NSGA2(
            pop_size=pop_size,
            selection=TournamentSelection(func_comp=nsga2.binary_tournament),
            survival=RankAndCrowding(),
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)
