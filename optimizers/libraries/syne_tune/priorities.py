"""Multi-objective priorities for Syne Tune: ranks, or the sort order that it takes for ranks."""

import moocore
import numpy as np
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority, NonDominatedPriority

from hwbench_mo.errors import unknown
from hwbench_mo.typing import Ints, Values
from optimizers.shared import units_of

PRIORITIES = ("ranks", "as_published")


class Ranks(MOPriority):  # type: ignore[misc]
    """The rank of each point: by non-dominated sorting, and within a front by an epsilon-net (Salinas et al., 2021).

    Syne Tune's own priority returns a sort order where its callers expect ranks. Distances are in units of the range of
    each objective; Syne Tune takes objectives as they are.

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
    """The order of an epsilon-net: the least in the first objective, then always the farthest from those chosen."""
    order = np.empty(len(points), dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        between = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    np.fill_diagonal(between, -1.0)  # no point is chosen twice
    distance = np.full(len(points), np.inf)
    chosen = int(points[:, 0].argmin())
    for position in range(len(points)):
        order[position] = chosen
        np.fmin(distance, between[chosen], out=distance)
        chosen = int(distance.argmax())
    return order


class AsPublished(NonDominatedPriority):  # type: ignore[misc]
    """Syne Tune's own priority, without warnings where distances overflow."""

    def priority_unsafe(self, objectives: Values) -> Ints:
        with np.errstate(all="ignore"):
            order: Ints = super().priority_unsafe(objectives)
        return order


def priority_named(name: str) -> MOPriority:
    """The priority of a name.

    Raises
    ------
    InputError
        If the name is none of `PRIORITIES`.
    """
    if name not in PRIORITIES:
        raise unknown("priority", name, PRIORITIES)
    return Ranks() if name == "ranks" else AsPublished()
