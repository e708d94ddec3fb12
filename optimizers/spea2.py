"""SPEA2: strength of dominators and distance to neighbours, by pymoo."""

from typing import Any, ClassVar

from pymoo.algorithms.moo import nsga3, spea2
from pymoo.operators.selection.tournament import TournamentSelection

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.checks import check_count
from hwbench_mo.typing import Bools, Values
from optimizers.libraries.pymoo.optimizer import ConstrainedPymooOptimizer


class SPEA2(ConstrainedPymooOptimizer):
    """SPEA2 (Zitzler, Laumanns & Thiele, 2001) on choice indices; the archive is the population.

    Differs from the paper in its operators (uniform crossover, and mutation that resets a gene with probability 1/d),
    and, as pymoo does, in that distances are taken on normalised objectives and to the neighbour one further away.
    Children that equal each other or a member of the archive are made anew; an architecture that has left the archive
    can return, as in the paper.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of everything random.
    pop_size
        Size of the archive and of each generation.
    """

    paper: ClassVar[str] = "Zitzler, Laumanns & Thiele, 2001"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_count("pop_size", pop_size, least=2)
        survival = spea2.SPEA2Survival(normalize=True)  # pymoo's default is shared by all instances
        survival.norm = _Normalization(len(problem.objectives))
        algorithm = spea2.SPEA2(
            pop_size=pop_size,
            selection=TournamentSelection(func_comp=spea2.spea_binary_tournament),
            survival=survival,
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)


class _Normalization(nsga3.HyperplaneNormalization):  # type: ignore[misc]
    """The range of an objective of equal values is 1: division by pymoo's 0 would make all distances NaN."""

    def update(self, F: Values, nds: Any = None) -> None:
        super().update(F, nds=nds)
        flat: Bools = ~(self.nadir_point > self.ideal_point)
        self.nadir_point[flat] = self.ideal_point[flat] + 1
