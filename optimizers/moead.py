"""MOEA/D: one scalar problem a direction, solved together with its neighbours', by pymoo."""

from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.checks import check_count
from optimizers.libraries.pymoo.directions import reference_directions
from optimizers.libraries.pymoo.moead import MOEADWithoutDuplicates
from optimizers.libraries.pymoo.optimizer import PymooOptimizer


class MOEAD(PymooOptimizer):
    """MOEA/D (Zhang & Li, 2007) on choice indices: Tchebycheff up to two objectives, PBI (theta 5) from three.

    Differs from the paper in its operators (uniform crossover, and mutation that resets a gene with probability 1/d),
    and, as pymoo does, in that parents come from everywhere with probability 0.1 (Li & Zhang, 2009) and all
    neighbours may be replaced. No architecture is proposed twice: a child that was proposed before is mutated again
    until it is new, and after 100 times a random one takes its place. It asks for one architecture at a time. Of
    constraints it knows nothing, as in pymoo.

    Parameters
    ----------
    problem
        What is searched. With a single objective all directions are equal, and their neighbourhoods form a ring.
    seed
        Of everything random.
    pop_size
        The most directions (Das & Dennis, 1998); of three objectives, 100 makes 91. One member each.
    n_neighbors
        How many directions, itself included, a child takes its parents from and can replace.
    """

    paper: ClassVar[str] = "Zhang & Li, 2007"

    def __init__(self, problem: Problem, *, seed: int, pop_size: int = 100, n_neighbors: int = 20) -> None:
        check_count("pop_size", pop_size, least=2)
        check_count("n_neighbors", n_neighbors, least=2)
        directions = reference_directions(len(problem.objectives), pop_size)
        is_single = len(directions) == 1
        directions = np.repeat(directions, pop_size if is_single else 1, axis=0)
        algorithm = MOEADWithoutDuplicates(problem.space, directions, n_neighbors)
        super().__init__(problem, algorithm, seed=seed, batch_size=len(directions))
        if is_single:
            n = len(directions)
            algorithm.neighbors = (np.arange(n)[:, None] + np.arange(min(n_neighbors, n))) % n
