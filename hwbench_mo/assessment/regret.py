"""Hypervolume of runs, and its regret against the exact front."""

import warnings

import numpy as np

from hwbench_mo.assessment.feasible import judged
from hwbench_mo.errors import InputError
from hwbench_mo.pareto import hypervolume
from hwbench_mo.pareto import hypervolume_curve as curve_of_points
from hwbench_mo.problems import Problem
from hwbench_mo.problems.problem import REFERENCE
from hwbench_mo.simulation.trajectory import Trajectory
from hwbench_mo.typing import Floats, Values


def hypervolume_curve(run: Trajectory | Values, /, *, reference: Floats) -> Floats:
    """``[n]``; the hypervolume of the first 1, 2, …, n evaluations of a run. Larger is better.

    Parameters
    ----------
    run
        A trajectory, of which the noise-free values count (``centre``, not ``values``, which are those that the
        optimizer observed), of feasible architectures; or values ``[n, m]``, minimised.
    reference
        ``[m]``; the reference point, in the units of the values.

    Raises
    ------
    InputError
        If a value or the reference is not finite, or their shapes do not fit.

    Examples
    --------
    >>> hypervolume_curve(np.array([[2.0, 2.0], [2.5, 2.5], [1.0, 2.0]]), reference=np.array([3.0, 3.0]))
    array([1., 1., 2.])
    """
    if not isinstance(run, Trajectory):
        return curve_of_points(run, reference=reference)
    values = np.where(run.feasible[:, None], run.centre, reference)  # what is at the reference point adds nothing
    return curve_of_points(values, reference=reference)


def optimal_hypervolume(problem: Problem) -> float:
    """HV*: the normalised hypervolume of the exact front; no run can exceed it.

    >>> import hwbench_mo as hb
    >>> optimal_hypervolume(hb.make_problem("gpt_s", ["perplexity", "latency@a100"])) < 1.1**2
    True
    """
    return hypervolume(problem.normalise(problem.pareto_front().values), reference=_reference(problem))


def regret_curve(problem: Problem, run: Trajectory | Values, /) -> Floats:
    """``[n]``; hypervolume regret 1 - HV/HV* of the first 1, 2, …, n evaluations of a run. 0 is optimal.

    Both hypervolumes are normalised by the exact ideal and nadir points, with the reference point at 1.1 on each axis.

    Parameters
    ----------
    problem
        What was searched.
    run
        A trajectory, of which the noise-free values count (``centre``, not ``values``, which are those that the
        optimizer observed), of feasible architectures: regret is 1 until one was found; or noise-free values
        ``[n, m]``, minimised.

    Raises
    ------
    InputError
        If the trajectory has other objectives, or values are not finite or not ``[n, m]``.

    Warns
    -----
    UserWarning
        If values of a noisy problem are given: what an optimizer observed can dominate the exact front, and its regret
        be negative.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    >>> float(regret_curve(problem, problem.pareto_front().values)[-1])
    0.0
    """
    if isinstance(run, Trajectory):
        if run.objectives != problem.objectives:
            raise InputError(f"the run is of {', '.join(run.objectives)}, but the problem of {problem.name}")
        return regret_of_values(problem, judged(problem, run, run.centre))
    if problem is not problem.noise_free:
        warnings.warn(
            "regret of values of a noisy problem: if an optimizer observed them, pass the trajectory instead, of which "
            "the noise-free values count",
            stacklevel=2,
        )
    return regret_of_values(problem, run)


def regret_of_values(problem: Problem, values: Values) -> Floats:
    """``[n]``; as `regret_curve`, of any values ``[n, m]``."""
    curve = curve_of_points(problem.normalise(values), reference=_reference(problem))
    return 1.0 - curve / optimal_hypervolume(problem)


def _reference(problem: Problem) -> Floats:
    return np.full(len(problem.objectives), REFERENCE)
