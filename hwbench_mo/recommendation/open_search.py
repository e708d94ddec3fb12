"""The search where several metrics depend on the order of layers: cells are opened, those of the best bounds first."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.ordered import FEWEST, MOST, Opened
from hwbench_mo.recommendation.blocks import Blocks, Trusted, found_in
from hwbench_mo.recommendation.search import Counts, Found, Keep
from hwbench_mo.typing import Codes, Floats, Ints


class OpenSearch:
    """See `Search`: places in a block are those of partial sums.

    Parameters
    ----------
    goal
        What is optimised.
    limits
        Those of all questions, whatever their bounds.
    trusted
        What support is needed, if any.
    """

    def __init__(self, cells: Cells, goal: Goal, limits: Sequence[Limit], trusted: Trusted | None = None) -> None:
        self._cells, self._blocks = cells, Blocks(cells, goal, trusted)
        self._limits = limits
        self._places: dict[int, Opened] = {}

    def _place(self, at: int) -> Opened:
        """What is in a block, whatever the bounds of the limits."""
        if at not in self._places:
            self._places[at] = Opened(self._cells, at, self._blocks.targets, self._limits)
        return self._places[at]

    def pieces(
        self,
        limits: Sequence[Limit],
        ceiling: Callable[[], float],
        keep: Keep | None = None,
        *,
        least_alone: bool = False,
    ) -> Iterator[Found]:
        """See `Search`; blocks come in the order of bounds on their values, and cells of a chunk as well."""
        blocks = self._blocks
        for at in blocks.best_first:
            if blocks.least[at] > ceiling():
                return
            opened = Opened(self._cells, at, blocks.targets, limits)
            for i, j in opened.cells(blocks.in_sums(at, ceiling())):
                kept = blocks.kept(at, i, j, keep)
                i, j = i[kept], j[kept]
                bounds = blocks.values(at, opened.bounds(i, j))
                order = np.argsort(bounds, kind="stable")
                i, j, bounds = i[order], j[order], bounds[order]
                room = FEWEST
                while len(i) and bounds[0] <= ceiling():
                    n = opened.room(i, j, room)
                    mlp, head, sums = opened.pairs(i[:n], j[:n])
                    found = found_in(at, mlp, head, blocks.values(at, sums))
                    if least_alone and len(found.values):
                        found = found.take(np.array([found.values.argmin()]))
                    yield found.take(found.values <= ceiling())
                    i, j, bounds, room = i[n:], j[n:], bounds[n:], min(2 * room, MOST)

    def _cells_of(self, found: Found) -> tuple[Ints, Ints]:
        i, j = np.zeros_like(found.a), np.zeros_like(found.b)
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            i[rows], j[rows] = self._place(at).counts(found.a[rows], found.b[rows])
        return i, j

    def support(self, found: Found) -> Floats:
        """See `Search`."""
        (i, j), share = self._cells_of(found), np.ones(len(found.at))
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            share[rows] = self._blocks.share(at, i[rows], j[rows])
        return share

    def counts(self, found: Found) -> Counts:
        """See `Search`."""
        return self._blocks.counts(found.at, *self._cells_of(found))

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """See `Search`."""
        amounts = np.empty((len(found.at), len(limits)))
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            for place, limit in enumerate(limits):
                amounts[rows, place] = self._amounts(at, limit, found.a[rows], found.b[rows])
        return amounts

    def _amounts(self, at: int, limit: Limit, mlp: Ints, head: Ints) -> Floats:
        """``[n]``; of pairs of partial sums in one block."""
        block, opened, error = self._cells.blocks[at], self._place(at), self._cells.error(at, limit)
        errors = 0.0 if error is None else error.at(*opened.counts(mlp, head))
        return limit.amount(limit.sign * opened.sums(limit.target, mlp, head), errors, block.e, block.b)

    def curve(self, limits: Sequence[Limit], which: int, below: float) -> Growing:
        """See `Search`; a cell is opened if the least of both in it may be on the curve."""
        curve, limit, blocks = Growing.of(2), limits[which], self._blocks
        for at in blocks.best_first:
            if blocks.least[at] > below:
                break
            opened, block, error = self._place(at), self._cells.blocks[at], self._cells.error(at, limit)
            within = Opened(self._cells, at, blocks.targets, limits)
            column = self._cells.column(at, limit.target)
            for i, j in within.cells(blocks.in_sums(at, below)):
                kept = blocks.kept(at, i, j, None)
                i, j = i[kept], j[kept]
                errors = 0.0 if error is None else error.at(i, j)
                amounts = limit.sign * limit.amount(limit.sign * column.at(i, j), errors, block.e, block.b)
                bounds = np.stack([amounts, blocks.values(at, within.bounds(i, j))], axis=1)
                waiting, room = np.argsort(bounds[:, 1], kind="stable"), FEWEST
                while len(waiting):
                    waiting = waiting[np.sort(curve.may_improve(bounds[waiting]))]
                    n = opened.room(i[waiting], j[waiting], room)
                    mlp, head, sums = within.pairs(i[waiting[:n]], j[waiting[:n]])
                    values = blocks.values(at, sums)
                    points = np.stack([limit.sign * self._amounts(at, limit, mlp, head), values], axis=1)
                    rows = curve.may_improve(points)
                    rows = rows[values[rows] <= below]
                    curve = curve.with_(points[rows], np.zeros((len(rows), 3), dtype=np.int64))
                    waiting, room = waiting[n:], min(2 * room, MOST)
        return curve

    def codes(self, found: Found) -> Codes:
        """See `Search`."""
        codes = np.zeros((len(found.at), self._cells.space.n_genes), dtype=np.int64)
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            codes[rows] = self._place(at).codes(found.a[rows], found.b[rows])
        return codes
