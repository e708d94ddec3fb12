"""Constrained fronts with several metrics that depend on the order of layers, such as perplexity and accuracy.

A cell then holds many architectures that matter: for its two count vectors, the partial sums that no other dominates,
and all pairs of them. The least sum of each metric bounds them: a cell whose bounds are dominated, or beyond a limit,
is not opened.
"""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.chains import Partial
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.view import View
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.typing import Codes, Floats, Ints

FEWEST, MOST = 1 << 12, 1 << 18
"""Pairs opened at a time: few at first, so that a front is there to pass over others."""


def ordered_codes(cells: Cells, names: Sequence[str], limits: Sequence[Limit], group: Sequence[int]) -> Codes:
    """``[n, d]``; non-dominated architectures of blocks of one width and bias, in the targets ``names``."""
    ordered = tuple(cells.by_order([*names, *(limit.target for limit in limits)]))
    front = Growing.of(len(names))
    for at in group:
        opened = _Opened(cells, at, names, limits, ordered)
        for points in View(cells, at, [], [limit for limit in limits if limit.target not in ordered]).points():
            front = opened.improve(front, *points.cells())
    codes = [np.zeros((0, cells.space.n_genes), dtype=np.int64)]
    space = cells.space
    for at in np.unique(front.where[:, 0]).tolist():
        _, mlp, head = front.where[front.where[:, 0] == at].T
        block, partials = cells.blocks[at], cells.partials(at, ordered)
        found = np.zeros((len(mlp), space.n_genes), dtype=np.int64)
        found[:, [EMBED_DIM, N_LAYER, BIAS]] = block.e, block.depth, block.b
        found[:, space.mlp_genes], found[:, space.head_genes] = partials[0].choices[mlp], partials[1].choices[head]
        codes.append(space.canonical(found))
    return np.concatenate(codes)


class _Opened:
    """The cells of one block, with the pairs of partial sums in them."""

    def __init__(
        self, cells: Cells, at: int, names: Sequence[str], limits: Sequence[Limit], ordered: tuple[str, ...]
    ) -> None:
        self._at, self._block = at, cells.blocks[at]
        self._names, self._ordered = names, ordered
        self._columns = {name: cells.column(at, name) for name in (*names, *ordered)}
        self._limits = [limit for limit in limits if limit.target in ordered]
        self._never = [limit.thresholds(self._block.e, self._block.b, 0.0)[1] for limit in self._limits]
        mlp, head = cells.partials(at, ordered)
        self._mlp, self._head = _Sums(mlp), _Sums(head)

    def improve(self, front: Growing, i: Ints, j: Ints) -> Growing:
        """The front with what the cells i, j add to it."""
        least = {name: column.at(i, j) for name, column in self._columns.items()}
        bounds = np.stack([least[name] for name in self._names], axis=1)
        kept = np.ones(len(i), dtype=bool)
        for limit, never in zip(self._limits, self._never, strict=True):
            kept &= least[limit.target] <= never
        waiting = np.flatnonzero(kept)
        waiting = waiting[np.argsort(bounds[waiting, 0], kind="stable")]
        room = FEWEST
        while len(waiting):
            waiting = waiting[np.sort(front.may_improve(bounds[waiting]))]
            sizes = np.cumsum(self._mlp.size[i[waiting]] * self._head.size[j[waiting]])
            n = max(1, int(np.searchsorted(sizes, room, side="right")))
            now, waiting = waiting[:n], waiting[n:]
            if len(now):
                front = self._open(front, {name: values[now] for name, values in least.items()}, i[now], j[now])
            room = min(2 * room, MOST)
        return front

    def _open(self, front: Growing, least: dict[str, Floats], i: Ints, j: Ints) -> Growing:
        """The front with all pairs of partial sums of the cells i, j."""
        sizes = self._mlp.size[i] * self._head.size[j]
        cell = np.repeat(np.arange(len(i)), sizes)
        inside = np.arange(len(cell)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        one, other = np.divmod(inside, self._head.size[j][cell])
        mlp, head = self._mlp.start[i][cell] + one, self._head.start[j][cell] + other
        sums = {name: values[cell] for name, values in least.items()}
        for place, name in enumerate(self._ordered):
            sums[name] = sums[name] + self._mlp.above[mlp, place] + self._head.above[head, place]
        kept = np.ones(len(cell), dtype=bool)
        for limit in self._limits:
            kept &= limit.holds(limit.sign * sums[limit.target], 0.0, self._block.e, self._block.b)
        every = np.stack([sums[name] for name in self._names], axis=1)
        rows = np.flatnonzero(kept)
        rows = rows[front.may_improve(every[rows])]
        if not len(rows):
            return front
        return front.with_(every[rows], np.stack([np.full(len(rows), self._at), mlp[rows], head[rows]], axis=1))


class _Sums:
    """The partial sums of one kind, by count vector."""

    def __init__(self, partial: Partial) -> None:
        is_first = np.ones(len(partial.counts), dtype=bool)
        is_first[1:] = (partial.counts[1:] != partial.counts[:-1]).any(axis=1)
        self.start = np.flatnonzero(is_first)
        self.size = np.diff(np.append(self.start, len(is_first)))
        least = np.minimum.reduceat(partial.sums, self.start)
        self.above = partial.sums - np.repeat(least, self.size, axis=0)
        """``[n, m]``; by how much each sum is above the least of its count vector."""
