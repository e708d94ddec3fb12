"""NSGA-II: non-dominated sorting and crowding distance, by pymoo."""

from pymoo.algorithms.moo import nsga2
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from optimizers.libraries.pymoo.generations import PymooOptimizer, check_size, tournament


class NSGA2(PymooOptimizer):
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

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_size("NSGA-II", pop_size=pop_size)
        algorithm = nsga2.NSGA2(
            pop_size=pop_size,
            selection=tournament(nsga2.binary_tournament),
            survival=RankAndCrowding(),
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)
