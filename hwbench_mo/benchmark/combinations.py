"""The non-dominated sums of one partial sum over mlp_ratio and one over n_head."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.benchmark.chains import Partial
from hwbench_mo.pareto import nondominated
from hwbench_mo.typing import Bools, Floats, Ints

CHUNK = 1 << 19
"""Pairs worked on at a time: bounds the memory."""
GUARDS = 256
"""Points at most that cells are compared with before they are opened."""


class Pairs(NamedTuple):
    """Sums that no other dominates, and the two partial sums that make up each."""

    sums: Floats
    """``[n, m]``."""
    mlp: NDArray[np.intp]
    """``[n]``; which partial sum over mlp_ratio."""
    head: NDArray[np.intp]
    """``[n]``."""

    def with_best_of(self, sums: Floats, mlp: NDArray[np.intp], head: NDArray[np.intp]) -> "Pairs":
        """The non-dominated of these and of others."""
        every = np.concatenate([self.sums, sums])
        kept = nondominated(every)
        return Pairs(every[kept], np.concatenate([self.mlp, mlp])[kept], np.concatenate([self.head, head])[kept])


def nothing(m: int) -> Pairs:
    """No pairs of m objectives yet."""
    return Pairs(np.zeros((0, m)), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))


def combine(mlp: Partial, head: Partial) -> Pairs:
    """All pairs, where nothing but the sums matters.

    With the least sums over n_head, a sum over mlp_ratio is bounded; where the bounds are dominated, it is passed over.
    """
    least = head.sums.min(axis=0)
    n_rows = max(1, CHUNK // len(head.sums))
    found = nothing(mlp.sums.shape[1])
    for first in range(0, len(mlp.sums), n_rows):
        rows = np.arange(first, min(first + n_rows, len(mlp.sums)))
        if first > 0:
            rows = rows[~_dominated(mlp.sums[rows, None] + least, found.sums)[:, 0]]
        i, j = np.divmod(np.arange(len(rows) * len(head.sums)), len(head.sums))
        found = found.with_best_of((mlp.sums[rows, None] + head.sums).reshape(-1, len(least)), rows[i], j)
    return found


def combine_by_counts(mlp: Partial, head: Partial, products: Floats) -> Pairs:
    """All pairs, with what products of counts add: ``products`` is ``[m, k, k]``, every objective minimised.

    A cell is a pair of count vectors. Where several objectives depend on the order of layers, a cell holds many pairs;
    the least sum of each objective in it bounds them all, and a cell whose bounds are dominated is not opened.
    """
    m = mlp.sums.shape[1]
    mlp_start, mlp_block = _blocks(mlp.counts)
    head_start, head_block = _blocks(head.counts)
    mlp_counts, head_counts = mlp.counts[mlp_start].astype(np.float64), head.counts[head_start].astype(np.float64)
    n_mlp = mlp_counts.shape[1]
    mlp_own = np.einsum("ic,mcd,id->im", mlp_counts, products[:, :n_mlp, :n_mlp], mlp_counts)
    head_own = np.einsum("ic,mcd,id->im", head_counts, products[:, n_mlp:, n_mlp:], head_counts)
    between = products[:, :n_mlp, n_mlp:] + products[:, n_mlp:, :n_mlp].transpose(0, 2, 1)
    towards_head = np.einsum("ic,mcd->imd", mlp_counts, between)

    def together(first: int, end: int) -> Floats:
        """``[i, j, m]``; what products add to the cells of some count vectors of mlp_ratio."""
        crossed: Floats = np.stack([towards_head[first:end, column] @ head_counts.T for column in range(m)], axis=2)
        crossed += mlp_own[first:end, None] + head_own
        return crossed

    mlp_least, head_least = (
        np.minimum.reduceat(part.sums, start) for part, start in ((mlp, mlp_start), (head, head_start))
    )
    many = len(mlp.sums) > len(mlp_start) or len(head.sums) > len(head_start)
    found = nothing(m)
    ends = np.append(mlp_start, len(mlp.sums))
    chunks = [0]
    while chunks[-1] < len(mlp_start):
        room = ends[chunks[-1]] + max(1, CHUNK // len(head.sums))
        chunks.append(max(chunks[-1] + 1, int(np.searchsorted(ends, room, side="right")) - 1))
    if many:
        for column in range(m):
            best = [
                _argmin_within(part.sums[:, column], block) for part, block in ((mlp, mlp_block), (head, head_block))
            ]
            for first, end in pairwise(chunks):
                sums = mlp.sums[best[0][first:end], None] + head.sums[best[1]] + together(first, end)
                i, j = np.divmod(np.arange(sums.shape[0] * sums.shape[1]), sums.shape[1])
                found = found.with_best_of(sums.reshape(-1, m), best[0][first + i], best[1][j])
    for first, end in pairwise(chunks):
        added = together(first, end)
        rows = np.arange(ends[first], ends[end])
        block = mlp_block[rows] - first
        if many:
            is_open = ~_dominated(mlp_least[first:end, None] + head_least + added, found.sums)
            i, j = np.nonzero(is_open[block][:, head_block])
        else:
            i, j = np.divmod(np.arange(len(rows) * len(head.sums)), len(head.sums))
        sums = mlp.sums[rows[i]] + head.sums[j] + added[block[i], head_block[j]]
        found = found.with_best_of(sums, rows[i], j)
    return found


def _blocks(counts: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where equal counts start, and which block each row is of."""
    is_first = np.ones(len(counts), dtype=bool)
    is_first[1:] = (counts[1:] != counts[:-1]).any(axis=1)
    return np.flatnonzero(is_first), np.cumsum(is_first) - 1


def _argmin_within(values: Floats, block: NDArray[np.intp]) -> NDArray[np.intp]:
    """The row of the least value of each block."""
    order = np.lexsort((values, block))
    best: NDArray[np.intp] = order[np.diff(block[order], prepend=-1) != 0]
    return best


def _dominated(cells: Floats, points: Floats) -> Bools:
    """``[i, j]``; which cells ``[i, j, m]`` some of the points dominates; a few of them, so that some are missed."""
    guards = points[np.argsort(points[:, 0])]
    dominated = np.zeros(cells.shape[:2], dtype=bool)
    for guard in guards[:: -(-len(guards) // GUARDS)]:
        dominated |= (guard <= cells).all(axis=2) & (guard < cells).any(axis=2)
    return dominated
