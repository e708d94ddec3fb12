"""Architectures that attain every point of a front, found by going through the cells of count vectors."""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.goal import Goal, all_targets, values_of
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.ordered import ordered_codes
from hwbench_mo.benchmark.view import View
from hwbench_mo.errors import InputError
from hwbench_mo.progress import track
from hwbench_mo.typing import Codes


def cell_codes(cells: Cells, goals: Sequence[Goal], limits: Sequence[Limit]) -> Codes:
    """``[n, d]``; architectures that keep the limits, among them one for each point of the front."""
    names = all_targets(goals)
    targets = [*names, *(limit.target for limit in limits)]
    groups = track(_groups(cells), "exact front", unit="group")
    if len(ordered := cells.by_order(targets)) > 1:
        if any(len(goal.targets) > 1 for goal in goals):
            raise InputError(
                f"{' and '.join(ordered)} depend on the order of layers, and an objective is made of several metrics: "
                f"the front is exact with one of them alone; leave out the others"
            )
        return np.concatenate([ordered_codes(cells, names, limits, group) for group in groups])
    order = cells.order_target(targets)
    return np.concatenate([_codes(cells, goals, limits, order, group) for group in groups])


def _groups(cells: Cells) -> list[list[int]]:
    """Blocks of one width and bias: within them, sums are ordered as values are."""
    found: dict[tuple[int, int], list[int]] = {}
    for at, block in enumerate(cells.blocks):
        found.setdefault((block.e, block.b), []).append(at)
    return list(found.values())


def _codes(cells: Cells, goals: Sequence[Goal], limits: Sequence[Limit], order: str | None, group: list[int]) -> Codes:
    """``[n, d]``; of the non-dominated cells of some blocks."""
    front, names = Growing.of(len(goals)), all_targets(goals)
    composed = any(len(goal.targets) > 1 for goal in goals)
    for at in group:
        ceiling = float(front.sums[0, 0]) if len(goals) == 1 and not composed and len(front.sums) else np.inf
        for points in View(cells, at, names, limits, ceiling).points():
            # Within a group, sums are ordered as values are; what is made of several metrics is made of their values.
            sums = values_of(goals, names, cells.natural(at, names, points.sums)) if composed else points.sums
            better = front.may_improve(sums)
            if len(better):
                where = np.stack([np.full(len(better), at), *points.cells(better)], axis=1)
                front = front.with_(sums[better], where)
    codes = [np.zeros((0, cells.space.n_genes), dtype=np.int64)]
    for at in np.unique(front.where[:, 0]).tolist():
        _, i, j = front.where[front.where[:, 0] == at].T
        codes.append(cells.codes(at, i, j, order))
    return np.concatenate(codes)
