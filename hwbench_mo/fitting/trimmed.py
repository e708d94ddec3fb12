"""A regression that a third of wrong rows cannot spoil, wherever they stand: where to begin with few rows."""

from typing import NamedTuple

import numpy as np

from hwbench_mo.fitting.episodes import FAR
from hwbench_mo.typing import Floats, Ints

TRUSTED = 0.65
"""Share of the rows whose residuals count; the others may be anything."""
STARTS = 300
"""Subsets to begin with. With a third of wrong rows and 7 coefficients, 6 % of them hold right rows alone."""
STEPS = 3
"""Concentration steps from every start; the best `FINALISTS` go on until nothing changes."""
FINALISTS = 10
MOST_STEPS = 50


class Trimmed(NamedTuple):
    """A robust fit."""

    coefficients: Floats
    """``[p]``."""
    deviation: Floats
    """``[n]``; relative standard deviation of a new measurement around each row's fit."""


def least_trimmed_squares(x: Floats, y: Floats, *, bound: float, prior: Floats | None = None) -> Trimmed:
    """Coefficients with the least sum of the smallest squared relative residuals (Rousseeuw, 1984).

    By concentration steps from random subsets of p rows (FAST-LTS; Rousseeuw & Van Driessen, 2006), and least squares
    on all rows that are not far off, which have less variance. Equal input gives equal coefficients.

    Parameters
    ----------
    x
        ``[n, p]``.
    y
        ``[n]``, positive: residuals are relative to it.
    bound
        Relative residuals up to here are right whatever the noise: all such rows make the final least squares fit.
    prior
        ``[q, p]``; rows that always count, of which the sum is to be 0: a ridge penalty.

    Examples
    --------
    >>> x = np.stack([np.ones(12), np.arange(12.0)], axis=1)
    >>> y = np.where(np.arange(12) < 3, 70.0, 1 + 2 * np.arange(12.0))
    >>> least_trimmed_squares(x, y, bound=0.01).coefficients.round(3)
    array([1., 2.])
    """
    n, p = x.shape
    relative, ridge = x / y[:, None], np.zeros((0, p)) if prior is None else prior
    n_counted = min(n, max(p + 1, int(np.ceil(TRUSTED * n))))
    rng = np.random.default_rng(0)
    rows = np.argsort(rng.random((STARTS, n)), axis=1)[:, : p - len(ridge)]
    for _ in range(STEPS):
        coefficients = _solve(relative, ridge, rows)
        rows, losses = _nearest(relative, coefficients, n_counted)
    rows = rows[np.argsort(losses, kind="stable")[:FINALISTS]]
    for _ in range(MOST_STEPS):
        coefficients = _solve(relative, ridge, rows)
        before = rows
        rows, losses = _nearest(relative, coefficients, n_counted)
        if np.array_equal(np.sort(rows, axis=1), np.sort(before, axis=1)):
            break
    return _widened(relative, ridge, rows[int(np.argmin(losses))], bound)


def _widened(relative: Floats, ridge: Floats, rows: Ints, bound: float) -> Trimmed:
    """Least squares on ever more rows: on those that are not further off than their leverage lets them be.

    A row at the edge of the design is predicted badly by the others, and is not wrong for that alone.
    """
    for _ in range(MOST_STEPS):
        chosen = np.concatenate([relative[rows], ridge])
        root = np.linalg.pinv(chosen, rcond=1e-9)
        coefficients = root[:, : len(rows)].sum(axis=1)
        told = float(np.trace(chosen[: len(rows)] @ root[:, : len(rows)]))  # coefficients that the rows tell
        squares = float(((1 - relative[rows] @ coefficients) ** 2).sum())
        sigma = np.sqrt(squares / max(len(rows) - told, 1))
        deviation = sigma * np.sqrt(1 + ((relative @ root) ** 2).sum(axis=1))
        kept = np.flatnonzero(np.abs(1 - relative @ coefficients) <= np.maximum(bound, FAR * deviation))
        wider = np.union1d(rows, kept)
        if len(wider) == len(rows):
            break
        rows = wider
    return Trimmed(coefficients, deviation)


def _solve(relative: Floats, ridge: Floats, rows: Ints) -> Floats:
    """``[k, p]``; least squares on each of k choices of rows."""
    chosen = relative[rows]
    design = np.concatenate([chosen, np.broadcast_to(ridge, (len(rows), *ridge.shape))], axis=1)
    inverse = np.linalg.pinv(design, rcond=1e-9)
    solved: Floats = inverse[:, :, : chosen.shape[1]].sum(axis=2)  # every measurement is 1, every penalty 0
    return solved


def _nearest(relative: Floats, coefficients: Floats, n_counted: int) -> tuple[Ints, Floats]:
    """``[k, h]`` and ``[k]``; the rows with the smallest residuals, and the sums of their squares."""
    squares = (1 - coefficients @ relative.T) ** 2
    rows = np.argsort(squares, axis=1, kind="stable")[:, :n_counted]
    return rows, np.take_along_axis(squares, rows, axis=1).sum(axis=1)
