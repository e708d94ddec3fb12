"""Constrained fronts with several metrics that depend on the order of layers, such as perplexity and accuracy.

A cell then holds many architectures that matter: for its two count vectors, the partial sums that no other dominates,
and all pairs of them. The least sum of each metric bounds them: a cell whose bounds are dominated, or beyond a limit,
is not opened.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

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
    front = Growing.of(len(names))
    for at in group:
        opened = Opened(cells, at, names, limits)
        for i, j in opened.cells():
            front = _improved(front, opened, i, j)
    codes = [np.zeros((0, cells.space.n_genes), dtype=np.int64)]
    for at in np.unique(front.where[:, 0]).tolist():
        _, mlp, head = front.where[front.where[:, 0] == at].T
        codes.append(Opened(cells, at, names, limits).codes(mlp, head))
    return np.concatenate(codes)


def _improved(front: Growing, opened: "Opened", i: Ints, j: Ints) -> Growing:
    """The front with what the cells i, j add to it."""
    bounds = opened.bounds(i, j)
    waiting = np.argsort(bounds[:, 0], kind="stable")
    room = FEWEST
    while len(waiting):
        waiting = waiting[np.sort(front.may_improve(bounds[waiting]))]
        n = opened.room(i[waiting], j[waiting], room)
        now, waiting = waiting[:n], waiting[n:]
        mlp, head, sums = opened.pairs(i[now], j[now])
        rows = front.may_improve(sums)
        if len(rows):
            where = np.stack([np.full(len(rows), opened.at), mlp[rows], head[rows]], axis=1)
            front = front.with_(sums[rows], where)
        room = min(2 * room, MOST)
    return front


class Opened:
    """The cells of one block, and the pairs of partial sums in them.

    Parameters
    ----------
    names
        Targets whose minimised sums are wanted.
    """

    def __init__(self, cells: Cells, at: int, names: Sequence[str], limits: Sequence[Limit]) -> None:
        self.at, self._cells, self._block = at, cells, cells.blocks[at]
        self._ordered = tuple(cells.by_order([*names, *(limit.target for limit in limits)]))
        self._names = names
        self._columns = {name: cells.column(at, name) for name in (*names, *self._ordered)}
        self._limits = [limit for limit in limits if limit.target in self._ordered]
        self._by_counts = [limit for limit in limits if limit.target not in self._ordered]
        self._never = [limit.thresholds(self._block.e, self._block.b, 0.0)[1] for limit in self._limits]

    @cached_property
    def _mlp(self) -> "PartialSums":
        return PartialSums(self._cells.partials(self.at, self._ordered)[0])

    @cached_property
    def _head(self) -> "PartialSums":
        return PartialSums(self._cells.partials(self.at, self._ordered)[1])

    def cells(self, ceiling: float = np.inf) -> Iterator[tuple[Ints, Ints]]:
        """Count vectors i and j of cells that may keep the limits, a chunk at a time.

        Cells in which the first target's sums are all above the ceiling are left out.
        """
        for points in View(self._cells, self.at, self._names[:1], self._by_counts, ceiling).points():
            i, j = points.cells()
            kept = np.ones(len(i), dtype=bool)
            for limit, never in zip(self._limits, self._never, strict=True):
                kept &= self._columns[limit.target].at(i, j) <= never
            yield i[kept], j[kept]

    def bounds(self, i: Ints, j: Ints) -> Floats:
        """``[n, names]``; what no sum in the cells i, j is below."""
        return np.stack([self._columns[name].at(i, j) for name in self._names], axis=1)

    def room(self, i: Ints, j: Ints, most: int) -> int:
        """How many of the cells hold so many pairs at most; one at least."""
        sizes = np.cumsum(self._mlp.size[i] * self._head.size[j])
        return max(1, int(np.searchsorted(sizes, most, side="right")))

    def pairs(self, i: Ints, j: Ints) -> tuple[Ints, Ints, Floats]:
        """The pairs in the cells i, j that keep the limits: places of both partial sums, and sums ``[n, names]``."""
        sizes = self._mlp.size[i] * self._head.size[j]
        cell = np.repeat(np.arange(len(i)), sizes)
        inside = np.arange(len(cell)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        one, other = np.divmod(inside, self._head.size[j][cell])
        mlp, head = self._mlp.start[i][cell] + one, self._head.start[j][cell] + other
        kept = np.ones(len(cell), dtype=bool)
        for limit in self._limits:
            sums = self.sums(limit.target, mlp, head)
            kept &= limit.holds(limit.sign * sums, 0.0, self._block.e, self._block.b)
        mlp, head = mlp[kept], head[kept]
        return mlp, head, np.stack([self.sums(name, mlp, head) for name in self._names], axis=1)

    def sums(self, target: str, mlp: Ints, head: Ints) -> Floats:
        """``[n]``; minimised sums of any target, of pairs of partial sums."""
        sums = self._cells.column(self.at, target).at(*self.counts(mlp, head))
        if target in self._ordered:
            place = self._ordered.index(target)
            sums = sums + self._mlp.above[mlp, place] + self._head.above[head, place]
        return sums

    def counts(self, mlp: Ints, head: Ints) -> tuple[Ints, Ints]:
        """Count vectors i and j of pairs of partial sums."""
        return self._mlp.vector[mlp], self._head.vector[head]

    def codes(self, mlp: Ints, head: Ints) -> Codes:
        """``[n, d]``; the architectures of pairs of partial sums."""
        space, block = self._cells.space, self._block
        partials = self._cells.partials(self.at, self._ordered)
        found = np.zeros((len(mlp), space.n_genes), dtype=np.int64)
        found[:, [EMBED_DIM, N_LAYER, BIAS]] = block.e, block.depth, block.b
        found[:, space.mlp_genes], found[:, space.head_genes] = partials[0].choices[mlp], partials[1].choices[head]
        return space.canonical(found)


class PartialSums:
    """The partial sums of one kind, by count vector."""

    def __init__(self, partial: Partial) -> None:
        is_first = np.ones(len(partial.counts), dtype=bool)
        is_first[1:] = (partial.counts[1:] != partial.counts[:-1]).any(axis=1)
        self.start = np.flatnonzero(is_first)
        self.size = np.diff(np.append(self.start, len(is_first)))
        self.vector = np.cumsum(is_first) - 1
        """``[n]``; the count vector of each."""
        least = np.minimum.reduceat(partial.sums, self.start)
        self.above = partial.sums - least[self.vector]
        """``[n, m]``; by how much each sum is above the least of its count vector."""
