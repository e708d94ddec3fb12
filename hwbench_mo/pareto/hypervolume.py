"""Hypervolume of a set of points, and how it grows point by point."""

import numpy as np

from hwbench_mo.checks import check_numbers
from hwbench_mo.errors import InputError
from hwbench_mo.pareto.dominance import improvements, nondominated
from hwbench_mo.pareto.staircase import Staircase
from hwbench_mo.typing import Floats, Values

PRUNED_AFTER = 64
"""Points after which those that have become dominated are dropped."""


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
    if not len(inside):
        return 0.0
    if inside.shape[1] == 1:
        return float(reference[0] - inside.min())
    if inside.shape[1] > 2:  # rounding depends on the order of the points, and on the dominated ones
        inside = np.unique(inside[nondominated(inside)], axis=0)
    import moocore

    return float(moocore.hypervolume(inside, ref=reference))


def hypervolume_curve(values: Values, /, *, reference: Floats) -> Floats:
    """``[n]``; the hypervolume of the first 1, 2, …, n rows of ``values`` ``[n, m]`` (minimised).

    >>> hypervolume_curve(np.array([[2.0, 2.0], [2.5, 2.5], [1.0, 2.0]]), reference=np.array([3.0, 3.0]))
    array([1., 1., 2.])
    """
    points = _finite(values, reference)
    inside = np.flatnonzero((points < reference).all(axis=1))  # the others add nothing
    changes = inside[improvements(points[inside])]
    if points.shape[1] == 1:
        volumes = reference[0] - points[changes, 0]
    else:
        gained = _areas(points[changes], reference) if points.shape[1] == 2 else _gains(points[changes], reference)
        # The last volume is taken anew from the whole front, so that it does not depend on the order of the points;
        # rounding must not make the curve fall there.
        exact = _volume(points[changes], reference)
        volumes = np.minimum(np.cumsum(gained), exact)
        volumes[-1:] = exact
    steps = np.diff(np.append(changes, len(points)), prepend=0)
    curve: Floats = np.repeat(np.append(0.0, volumes), steps)
    return curve


def _areas(points: Values, reference: Floats) -> Floats:
    """``[n]``; by how much each of the points, none dominated by an earlier one, enlarges the area of two
    objectives."""
    staircase = Staircase(*reference.tolist())
    return np.array([staircase.add(x, y) for x, y in points.tolist()])


def _gains(points: Values, reference: Floats) -> Floats:
    """As `_areas`, of three and more objectives: a point's own box, less what earlier points dominate of it.

    Of an earlier point only that part counts which lies in the box, and of most of them nothing is left that others
    do not cover: that is what makes it faster than the volume of all points anew (While, Bradstreet & Barone, 2012).
    """
    import moocore

    boxes = np.prod(reference - points, axis=1)
    members, n_members = np.empty_like(points), 0
    gained = np.empty(len(points))
    for row, point in enumerate(points):
        limited = np.maximum(members[:n_members], point)
        gained[row] = boxes[row] - (moocore.hypervolume(limited, ref=reference) if n_members else 0.0)
        members[n_members] = point
        n_members += 1
        if row % PRUNED_AFTER == PRUNED_AFTER - 1:
            kept = members[:n_members][nondominated(members[:n_members])]
            n_members = len(kept)
            members[:n_members] = kept
    return np.maximum(gained, 0.0)


def _finite(values: Values, reference: Floats) -> Values:
    points, reference = np.ascontiguousarray(check_numbers("values", values)), check_numbers("reference", reference)
    if reference.ndim != 1:
        raise InputError(f"the reference point has shape {reference.shape}, but needs [m]")
    if points.ndim != 2 or points.shape[1] != len(reference):
        raise InputError(f"values have shape {points.shape}, but the reference point needs [n, {len(reference)}]")
    if not np.isfinite(reference).all():
        raise InputError(f"the reference point is {reference}, but must be finite")
    if not np.isfinite(points).all():
        row, column = np.argwhere(~np.isfinite(points))[0]
        raise InputError(f"values[{row}, {column}] is {points[row, column]}, but must be finite")
    return points
