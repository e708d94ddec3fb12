"""Indicators of how good a set of points is, along a run: of all that it has evaluated, against the exact front."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, count
from math import comb

import numpy as np

from hwbench_mo.errors import unknown
from hwbench_mo.pareto.dominance import improvements
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Floats, Ints, Values

FLOOR = 1e-6
"""The least regret whose logarithm is taken."""
FOUND = 1e-9
"""How near a point has to come to one of the exact front to have found it, in normalised units."""
ELEMENTS = 1 << 14
"""Of the arrays of distances: points times targets at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Indicator:
    """What an indicator says, and in which direction it is better."""

    label: str
    best: float
    """Its value of the exact front."""
    larger_is_better: bool = False


INDICATORS: Mapping[str, Indicator] = {
    "regret": Indicator("hypervolume regret", 0.0),
    "igd_plus": Indicator("IGD+", 0.0),
    "epsilon": Indicator("additive epsilon", 0.0),
    "r2": Indicator("R2 beyond the exact front's", 0.0),
    "found": Indicator("share of the exact front found", 1.0, larger_is_better=True),
    "anytime": Indicator("mean log10 regret so far", float(np.log10(FLOOR))),
}
"""By name; every one is of normalised, noise-free values, and of all evaluations so far."""


FEW = ("regret", "anytime")
"""Those that take no time beside the regret itself; the others take about 2 ms a run of 1,000 evaluations."""


def check_indicator(name: str) -> Indicator:
    """The indicator of that name.

    >>> check_indicator("igd_plus").label
    'IGD+'

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in INDICATORS:
        raise unknown("indicator", name, INDICATORS)
    return INDICATORS[name]


@dataclass(frozen=True)
class Targets:
    """What the points of a run are held against."""

    front: Values
    """``[f, m]``; the exact front, normalised: ideal 0, nadir 1."""
    weights: Floats
    """``[w, m]``; weights of R2's Chebyshev functions."""
    optimal_r2: float
    """R2 of the exact front."""


@lru_cache(maxsize=64)
def targets_of(problem: Problem) -> Targets:
    """The exact front of a problem and the weights of R2."""
    front = problem.normalise(problem.pareto_front().values)
    weights = simplex_lattice(len(problem.objectives))
    nearest = _least_chebyshev(front, np.zeros(len(front), dtype=np.int64), weights, 1)
    return Targets(front, weights, float(nearest.mean()))


def simplex_lattice(m: int, *, least: int = 100) -> Floats:
    """``[w, m]``; evenly spaced weights that sum to 1 (Das & Dennis, 1998), as few as there are from ``least`` on.

    >>> len(simplex_lattice(2)), len(simplex_lattice(3)), len(simplex_lattice(4))
    (100, 105, 120)
    """
    if m == 1:
        return np.ones((1, 1))
    divisions = next(d for d in count(1) if comb(d + m - 1, m - 1) >= least)
    # m - 1 bars among the divisions: what lies between two bars is a weight.
    bars = np.array(list(combinations(range(divisions + m - 1), m - 1)), dtype=np.int64)
    return (np.diff(bars, axis=1, prepend=-1, append=divisions + m - 1) - 1) / divisions


def indicator_values(
    problem: Problem, values: Values, ends: Ints, *, regrets: Floats, names: Sequence[str] = tuple(INDICATORS)
) -> dict[str, Floats]:
    """Indicators ``[k]`` of the first ``ends[0]``, ``ends[1]``, … rows of noise-free values ``[n, m]``.

    Parameters
    ----------
    regrets
        ``[n]``; the regret curve of the values.
    names
        Which of `INDICATORS`.
    """
    logarithms = np.log10(np.maximum(regrets, FLOOR))
    found = {"regret": regrets[ends - 1], "anytime": np.cumsum(logarithms)[ends - 1] / ends}
    if not {"igd_plus", "epsilon", "found", "r2"}.isdisjoint(names):
        points = problem.normalise(values)
        rows = np.flatnonzero(improvements(points))
        held = targets_of(problem)
        blocks = np.searchsorted(ends, rows, side="right")  # the first checkpoint that has seen the row
        rows, blocks = rows[blocks < len(ends)], blocks[blocks < len(ends)]
        best_epsilon, best_distance = _nearest(points[rows], blocks, held.front, len(ends))
        best_utility = _least_chebyshev(points[rows], blocks, held.weights, len(ends))
        found["igd_plus"] = np.sqrt(best_distance).mean(axis=1)
        found["epsilon"] = np.maximum(best_epsilon.max(axis=1), 0.0)
        found["r2"] = np.maximum(best_utility.mean(axis=1) - held.optimal_r2, 0.0)
        found["found"] = (best_distance <= FOUND**2).mean(axis=1)
    return {name: found[name] for name in names}


def _nearest(points: Values, blocks: Ints, front: Values, n_blocks: int) -> tuple[Floats, Floats]:
    """``[k, f]`` each: for every point of the front, the least additive epsilon, and the least squared distance.

    Both are least over points, so that those that have been dominated since need not be dropped: of two points, one
    that dominates the other is at least as near to every point of the front by both. The distance counts excesses
    alone (Ishibuchi et al., 2015).
    """
    columns = np.ascontiguousarray(front.T)
    step = max(ELEMENTS // max(len(front), 1), 1)
    epsilon, distance = (np.full((n_blocks, len(front)), np.inf) for _ in range(2))
    worst, squared, excess = (
        np.empty((step, len(front))) for _ in range(3)
    )  # new arrays each time take ten times as long
    for start in range(0, len(points), step):
        some = points[start : start + step]
        a, b, c = worst[: len(some)], squared[: len(some)], excess[: len(some)]
        for place, column in enumerate(columns):
            np.subtract(some[:, place, None], column, out=c)
            if place:
                np.maximum(a, c, out=a)
            else:
                np.copyto(a, c)
            np.maximum(c, 0.0, out=c)
            np.multiply(c, c, out=c if place else b)
            if place:
                np.add(b, c, out=b)
        _lower(epsilon, a, blocks[start : start + step])
        _lower(distance, b, blocks[start : start + step])
    return np.minimum.accumulate(epsilon, out=epsilon), np.minimum.accumulate(distance, out=distance)


def _least_chebyshev(points: Values, blocks: Ints, weights: Floats, n_blocks: int) -> Floats:
    """``[k, w]``; for each weight, the least weighted Chebyshev distance from the ideal point."""
    least = np.full((n_blocks, len(weights)), np.inf)
    step = max(ELEMENTS // len(weights), 1)
    for start in range(0, len(points), step):
        some = points[start : start + step]
        worst = some[:, :1] * weights[:, 0]
        for column in range(1, weights.shape[1]):
            np.maximum(worst, some[:, column, None] * weights[:, column], out=worst)
        _lower(least, worst, blocks[start : start + step])
    return np.minimum.accumulate(least, out=least)


def _lower(least: Floats, found: Floats, blocks: Ints) -> None:
    """Enter each row of ``found`` where it is less than that of its block."""
    for row, block in zip(found, blocks.tolist(), strict=True):
        np.minimum(least[block], row, out=least[block])
