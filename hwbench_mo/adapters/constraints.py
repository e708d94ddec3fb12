"""The constraints of a problem, as other libraries see them."""

from collections.abc import Mapping

import numpy as np

from hwbench_mo.benchmark.front import signs_of
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Values


def constraints_of(problem: Problem, /) -> Mapping[str, float]:
    """Bounds by the name of the metric; none if the problem has none."""
    found: Mapping[str, float] = getattr(problem, "constraints", None) or {}
    return found


def violations_of(problem: Problem, codes: Codes, /) -> Values:
    """``[n, k]``; by how much architectures of valid codes ``[n, d]`` violate each of k constraints.

    In units of the bound, so that milliseconds and megabytes can be added up; 0 or less where the bound is kept.
    Accuracy is bounded from below.
    """
    constraints = constraints_of(problem)
    if not constraints:
        return np.zeros((len(codes), 0))
    signs = signs_of(list(constraints))
    bounds = np.array(list(constraints.values()), dtype=np.float64) * signs
    values = problem.benchmark.kernel(list(constraints))(codes) * signs
    return np.asarray((values - bounds) / np.where(bounds == 0, 1.0, np.abs(bounds)))
