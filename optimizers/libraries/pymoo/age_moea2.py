"""pymoo's AGE-MOEA-II with a repaired survival. Apart from its adapter, because pymoo's module imports numba."""

import numpy as np
from pymoo.algorithms.moo import age, age2

from hwbench_mo.typing import Floats, Values

COMPILED = (
    age.find_corner_solutions,
    age.AGEMOEASurvival.minkowski_distances,
    age2.AGEMOEA2Survival.pairwise_distances,
)
"""What numba compiles. Without a cache on disk that takes five seconds in every process."""

for function in COMPILED:
    if not function.signatures:
        function.enable_caching()


class Survival(age2.AGEMOEA2Survival):  # type: ignore[misc]
    """pymoo's survival divides by 0 if a point of the first front is the ideal point, as when all values are equal."""

    @staticmethod
    def pairwise_distances(front: Values, p: float) -> Floats:
        is_ideal = ~(front > 0).any(axis=1)
        front[is_ideal] = np.finfo(np.float64).eps  # in the middle of the front, seen from the ideal point
        distances: Floats = age2.AGEMOEA2Survival.pairwise_distances(front, p)
        return distances


def age_moea2(**settings: object) -> age2.AGEMOEA2:
    """pymoo's algorithm with the repaired survival."""
    algorithm = age2.AGEMOEA2(**settings)
    algorithm.survival = Survival()
    return algorithm
