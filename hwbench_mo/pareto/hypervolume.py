"""Hypervolume of a set of points, and how it grows point by point."""

from bisect import bisect_left

import numpy as np

from hwbench_mo.checks import check_numbers
from hwbench_mo.errors import InputError
from hwbench_mo.pareto.archive import Archive
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.typing import Floats, Ints, Values


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
    rows = np.flatnonzero((points < reference).all(axis=1))  # the others add nothing
    if points.shape[1] == 1:
        changes, volumes = rows, reference[0] - np.minimum.accumulate(points[rows, 0])
    elif points.shape[1] == 2:
        changes, volumes = _staircase(points, rows, reference)
    else:
        changes, volumes = _archived(points, rows, reference)
    steps = np.diff(np.append(changes, len(points)), prepend=0)
    curve: Floats = np.repeat(np.append(0.0, volumes), steps)
    return curve


def _archived(points: Values, rows: Ints, reference: Floats) -> tuple[Ints, Floats]:
    """The rows that change the volume, and the volume from each of them on."""
    archive = Archive(points.shape[1])
    changes, volumes = [], []
    for row in rows.tolist():
        if archive.add(points[row]):
            changes.append(row)
            volumes.append(_volume(archive.values, reference))
    return np.array(changes, dtype=np.int64), np.array(volumes)


def _staircase(points: Values, rows: Ints, reference: Floats) -> tuple[Ints, Floats]:
    """As `_archived`, of two objectives: a point adds the area between the steps that it undercuts, and itself.

    The last volume is taken anew from the whole front, so that it does not depend on the order of the points.
    """
    x_end, y_end = reference.tolist()
    xs: list[float] = []  # of the front, ascending; ys descend
    ys: list[float] = []
    changes, volumes, volume = [], [], 0.0
    for row, (x, y) in zip(rows.tolist(), points[rows].tolist(), strict=True):
        start = end = bisect_left(xs, x)
        top = ys[start - 1] if start else y_end
        if top <= y or (start < len(xs) and xs[start] == x and ys[start] <= y):
            continue
        left = x
        while end < len(xs) and ys[end] >= y:
            volume += (xs[end] - left) * (top - y)
            left, top = xs[end], ys[end]
            end += 1
        volume += ((xs[end] if end < len(xs) else x_end) - left) * (top - y)
        xs[start:end], ys[start:end] = [x], [y]
        changes.append(row)
        volumes.append(volume)
    exact = _volume(np.column_stack([xs, ys]), reference) if xs else 0.0
    curve = np.minimum(volumes, exact)  # rounding must not make it fall at the end
    curve[-1:] = exact
    return np.array(changes, dtype=np.int64), curve


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
