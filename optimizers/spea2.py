"""SPEA2: strength of dominators and distance to neighbours, by pymoo."""

from typing import Any

from pymoo.algorithms.moo import nsga3, spea2

from hwbench_mo import Problem
from hwbench_mo.adapters.pymoo import genetic_operators
from hwbench_mo.typing import Bools, Values
from optimizers.libraries.pymoo.generations import PymooOptimizer, check_size, tournament


class SPEA2(PymooOptimizer):
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

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100) -> None:
        check_size("SPEA2", pop_size=pop_size)
        survival = spea2.SPEA2Survival(normalize=True)  # it keeps bounds; pymoo's default is one for all instances
        survival.norm = _Normalization(len(problem.objectives))
        algorithm = spea2.SPEA2(
            pop_size=pop_size,
            selection=tournament(spea2.spea_binary_tournament),
            survival=survival,
            **genetic_operators(problem.space),
        )
        super().__init__(problem, algorithm, seed=seed, batch_size=pop_size)


class _Normalization(nsga3.HyperplaneNormalization):  # type: ignore[misc]
    """pymoo's, but an objective of equal values has the range 1: divided by 0, all distances would be none."""

    def update(self, F: Values, nds: Any = None) -> None:
        super().update(F, nds=nds)
        flat: Bools = ~(self.nadir_point > self.ideal_point)
        self.nadir_point[flat] = self.ideal_point[flat] + 1
