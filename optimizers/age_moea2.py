"""AGE-MOEA-II: survival by distances along a front whose curvature is estimated, by pymoo."""

from typing import ClassVar

from pymoo.algorithms.moo.nsga2 import binary_tournament
from pymoo.operators.selection.tournament import TournamentSelection

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.checks import check_count
from optimizers.libraries.pymoo import NUMBA
from optimizers.libraries.pymoo.optimizer import ConstrainedPymooOptimizer


class AGEMOEA2(ConstrainedPymooOptimizer):
    """AGE-MOEA-II (Panichella, 2022) on choice indices; in pymoo, by the paper's author.

    Differs from the paper, which is about real variables, in its operators: uniform crossover, and mutation that
    resets a gene with probability 1/d; and from pymoo, in that a front that is one point is no error. Children that
    equal each other or a member of the population are made anew; an architecture that has left the population can
    return, as in the paper.

    Needs numba, which compiles parts of it once for an installation: about 5 seconds.

    Parameters
    ----------
    problem
        What is searched. With a single objective, where a front has no curvature, the best survive.
    seed
        Of everything random.
    pop_size
        Size of the population and of each generation.
    """

    paper: ClassVar[str] = "Panichella, 2022"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_count("pop_size", pop_size, least=2)
        NUMBA.need("age_moea2")
        from optimizers.libraries.pymoo.age_moea2 import age_moea2

        algorithm = age_moea2(
            pop_size=pop_size,
            selection=TournamentSelection(func_comp=binary_tournament),
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)
