"""Runs on problems with constraints: feasible architectures alone count."""

import numpy as np

from hwbench_mo.problems import Problem
from hwbench_mo.simulation.trajectory import Trajectory
from hwbench_mo.typing import Values

FAR = 1000.0
"""Where an infeasible architecture counts to lie, on each axis between the ideal point (0) and the nadir point (1)."""


def judged(problem: Problem, run: Trajectory, values: Values) -> Values:
    """``[n, m]``; values of a run as they count: those of infeasible architectures are far beyond the reference point.

    So they add no hypervolume, and until a run has found a feasible architecture its hypervolume is 0, its regret 1,
    and its IGD+ and additive epsilon are hundreds of times the range of the exact front.
    """
    if run.feasible.all():
        return values
    return np.asarray(np.where(run.feasible[:, None], values, problem.ideal + FAR * problem.scale))
