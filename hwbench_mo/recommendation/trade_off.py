"""What a limit costs: the exact curve of the best value against one limit, under the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.recommendation.choices import best_of
from hwbench_mo.recommendation.search import Found, Search
from hwbench_mo.targets import Target

WINDOW = 0.25
"""A curve goes from a limit to one that leaves so much more room, as a share of it."""
UNLIMITED = 1e300


@dataclass(frozen=True, kw_only=True)
class TradeOff:
    """What more room under one limit would buy, everything else as it is.

    Parameters
    ----------
    target, bound
        The limit.
    goal
        What is optimised.
    value
        Of the recommended architecture.
    used
        What the recommended architecture takes of the limit: a median, or with a confidence a quantile.
    binds
        Whether some architecture that breaks this limit alone is better.
    curve
        Pairs of a limit and the best value that it allows, from the next better architecture up to a limit with a
        quarter more room; exact: between two pairs nothing changes.
    """

    target: str
    bound: float
    goal: str
    value: float
    used: float
    binds: bool
    curve: tuple[tuple[float, float], ...]

    @property
    def sign(self) -> float:
        """Of the limit: -1 for a metric that is to be at least so much."""
        return Target.parse(self.target).sign

    @property
    def step(self) -> float:
        """One more ms or MB where that is little; elsewhere one per cent of the limit."""
        unit = Target.parse(self.target).unit
        return 1.0 if unit in ("ms", "MB") and self.bound * WINDOW >= 1 else 0.01 * self.bound

    def at(self, bound: float) -> float:
        """The best value with another limit of this target, looser by a quarter at most."""
        best = self.value
        for needed, value in self.curve:
            if self.sign * needed <= self.sign * bound:
                best = value
        return best


def trade_off(search: Search, limits: Sequence[Limit], which: int, goal: Goal, best: Found, used: float) -> TradeOff:
    """What the limit ``which`` costs, given the best under all of them."""
    limit = limits[which]
    sign, value = goal.sign, float(best.values[0])

    def instead(bound: float) -> list[Limit]:
        return [replace(one, bound=bound) if place == which else one for place, one in enumerate(limits)]

    below = float(np.nextafter(value, -np.inf))
    curve = search.curve(instead(limit.bound * (1 + limit.sign * WINDOW)), which, below)
    binds = len(curve.sums) > 0
    if not binds:
        free = best_of(search, instead(UNLIMITED if limit.sign > 0 else 1 / UNLIMITED))
        binds = free is not None and float(free.values[0]) < value
    pairs = tuple((float(limit.sign * needed), float(sign * better)) for needed, better in curve.sums)
    return TradeOff(
        target=limit.target, bound=limit.bound, goal=goal.name, value=sign * value, used=used, binds=binds, curve=pairs
    )
