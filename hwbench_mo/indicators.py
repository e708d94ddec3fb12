"""How good a run is: hypervolume, and its regret against the exact front."""

import numpy as np

from hwbench_mo.archive import Archive
from hwbench_mo.errors import InputError
from hwbench_mo.problems import Problem
from hwbench_mo.problems.problem import REFERENCE
from hwbench_mo.typing import Floats, Values


def hypervolume(values: Values, /, *, reference: Floats) -> float:
    """The volume that is dominated by ``values`` ``[n, m]`` (minimised) and dominates ``reference`` ``[m]``.

    Points that do not dominate the reference add nothing. Larger is better (Zitzler & Thiele, 1998).

    Raises
    ------
    InputError
        If a value or the reference is not finite.

    Examples
    --------
    >>> hypervolume(np.array([[1.0, 2.0], [2.0, 1.0]]), reference=np.array([3.0, 3.0]))
    3.0
    """
    points = _finite(values, reference)
    return _volume(points[(points < reference).all(axis=1)], reference)


def _volume(inside: Values, reference: Floats) -> float:
    """Hypervolume of finite points that all dominate the reference."""
    import moocore

    if not len(inside):
        return 0.0
    if inside.shape[1] == 1:
        return float(reference[0] - inside.min())
    return float(moocore.hypervolume(inside, ref=reference))


def hypervolume_curve(values: Values, /, *, reference: Floats) -> Floats:
    """``[n]``; the hypervolume of the first 1, 2, …, n rows of ``values`` ``[n, m]`` (minimised).

    >>> hypervolume_curve(np.array([[2.0, 2.0], [2.5, 2.5], [1.0, 2.0]]), reference=np.array([3.0, 3.0]))
    array([1., 1., 2.])
    """
    points = _finite(values, reference)
    curve = np.zeros(len(points))
    archive = Archive(points.shape[1])
    last, volume = 0, 0.0
    # A point changes the volume only if it dominates the reference and no archived point dominates it.
    for row in np.flatnonzero((points < reference).all(axis=1)).tolist():
        if archive.add(points[row]):
            curve[last:row] = volume
            last, volume = row, _volume(archive.values, reference)
    curve[last:] = volume
    return curve


def optimal_hypervolume(problem: Problem) -> float:
    """HV*: the normalised hypervolume of the exact front; no run can exceed it."""
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


def _finite(values: Values, reference: Floats) -> Values:
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != len(reference):
        raise InputError(f"values have shape {points.shape}, but the reference point needs [n, {len(reference)}]")
    if not np.isfinite(reference).all():
        raise InputError(f"the reference point is {reference}, but must be finite")
    if not np.isfinite(points).all():
        row, column = np.argwhere(~np.isfinite(points))[0]
        raise InputError(f"values[{row}, {column}] is {points[row, column]}, but must be finite")
    return points
