"""Hypervolume regret against the exact front."""

import numpy as np

from hwbench_mo.pareto import hypervolume, hypervolume_curve
from hwbench_mo.problems import Problem
from hwbench_mo.problems.problem import REFERENCE
from hwbench_mo.typing import Floats, Values


def optimal_hypervolume(problem: Problem) -> float:
    """HV*: the normalised hypervolume of the exact front; no run can exceed it.

    >>> import hwbench_mo as hb
    >>> optimal_hypervolume(hb.make_problem("gpt_s", ["perplexity", "latency@a100"])) < 1.1**2
    True
    """
    return hypervolume(problem.normalise(problem.pareto_front().values), reference=_reference(problem))


def regret_curve(problem: Problem, values: Values, /) -> Floats:
    """``[n]``; hypervolume regret 1 - HV/HV* of the first 1, 2, …, n rows of ``values`` ``[n, m]``. 0 is optimal.

    Both hypervolumes are normalised by the exact ideal and nadir points, with the reference point at 1.1 on each axis.

    >>> import hwbench_mo as hb
    >>> problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    >>> float(regret_curve(problem, problem.pareto_front().values)[-1])
    0.0
    """
    curve = hypervolume_curve(problem.normalise(values), reference=_reference(problem))
    return 1.0 - curve / optimal_hypervolume(problem)


def _reference(problem: Problem) -> Floats:
    return np.full(len(problem.objectives), REFERENCE)
