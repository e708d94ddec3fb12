"""Ranks for Syne Tune's schedulers, where its own answer an order."""

import moocore
import numpy as np
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority, NonDominatedPriority

from hwbench_mo.errors import unknown
from hwbench_mo.typing import Ints, Values
from optimizers.shared.units import units_of

PRIORITIES = ("ranks", "as_published")


class Ranks(MOPriority):  # type: ignore[misc]
    """The place of each point: by its front, and within a front by an epsilon-net (Salinas et al., 2021).

    Syne Tune's own answers which point comes first, second and so on, where its callers expect the place of each.
    Distances are taken in units of each objective's range, which Syne Tune leaves as they are.

    >>> Ranks()(np.array([[2.0, 2.0], [1.0, 1.0], [0.0, 3.0]])).tolist()
    [2, 1, 0]
    """

    def priority_unsafe(self, objectives: Values) -> Ints:
        points = objectives / units_of(objectives)
        fronts = moocore.pareto_rank(points)
        ranks = np.empty(len(points), dtype=np.int64)
        n_ranked = 0
        for front in range(int(fronts.max()) + 1):
            members = np.flatnonzero(fronts == front)
            ranks[members[_spread(points[members])]] = n_ranked + np.arange(len(members))
            n_ranked += len(members)
        return ranks


def _spread(points: Values) -> Ints:
    """The order in which points are taken: the least in the first objective, then the farthest from those taken."""
    order = np.empty(len(points), dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        between = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    np.fill_diagonal(between, -1.0)  # who is taken is not taken again
    distance = np.full(len(points), np.inf)
    chosen = int(points[:, 0].argmin())
    for position in range(len(points)):
        order[position] = chosen
        np.fmin(distance, between[chosen], out=distance)
        chosen = int(distance.argmax())
    return order


class AsPublished(NonDominatedPriority):  # type: ignore[misc]
    """Syne Tune's own, silent where distances overflow."""

    def priority_unsafe(self, objectives: Values) -> Ints:
        with np.errstate(all="ignore"):
            order: Ints = super().priority_unsafe(objectives)
        return order


def priority_named(name: str) -> MOPriority:
    """The priority of that name, one of `PRIORITIES`; `InputError` for another."""
    if name not in PRIORITIES:
        raise unknown("priority", name, PRIORITIES)
    return Ranks() if name == "ranks" else AsPublished()
