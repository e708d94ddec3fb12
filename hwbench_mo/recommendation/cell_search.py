"""The search in which each cell has one architecture that matters."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.view import View
from hwbench_mo.recommendation.blocks import Blocks, Trusted, found_in
from hwbench_mo.recommendation.search import Counts, Found, Keep, curve_of
from hwbench_mo.typing import Codes, Floats


class CellSearch:
    """See `Search`: of the goal and all that is limited, one at most depends on the order of layers.

    Parameters
    ----------
    goal
        What is optimised.
    limited
        The targets of all limits that will be asked for.
    trusted
        What support is needed, if any.
    """

    def __init__(self, cells: Cells, goal: Goal, limited: Sequence[str], trusted: Trusted | None = None) -> None:
        self._cells, self._blocks, self._trusted = cells, Blocks(cells, goal, trusted), trusted
        self._order = cells.order_target([*goal.targets, *limited])

    def pieces(
        self,
        limits: Sequence[Limit],
        ceiling: Callable[[], float],
        keep: Keep | None = None,
        *,
        least_alone: bool = False,
    ) -> Iterator[Found]:
        """See `Search`; blocks come in the order of bounds on their values."""
        blocks = self._blocks
        for at in blocks.best_first:
            if blocks.least[at] > ceiling():
                return  # and so are all blocks that follow
            view = View(self._cells, at, blocks.targets, limits, blocks.in_sums(at, ceiling()))
            for points in view.points():
                i, j = points.cells()
                one = len(blocks.targets) == 1  # whose sums are ordered as its values are
                found = found_in(at, i, j, points.sums[:, 0] if one else blocks.values(at, points.sums))
                if (keep is not None or self._trusted is not None) and len(i):
                    found = found.take(blocks.kept(at, i, j, keep))
                if least_alone and len(found.values):
                    found = found.take(np.array([found.values.argmin()]))
                if one:
                    found = found._replace(values=blocks.values(at, found.values[:, None]))
                yield found.take(found.values <= ceiling())

    def support(self, found: Found) -> Floats:
        """See `Search`."""
        share = np.ones(len(found.at))
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            share[rows] = self._blocks.share(at, found.a[rows], found.b[rows])
        return share

    def counts(self, found: Found) -> Counts:
        """See `Search`."""
        return self._blocks.counts(found.at, found.a, found.b)

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """See `Search`."""
        amounts = np.empty((len(found.at), len(limits)))
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            amounts[rows] = View(self._cells, at, [], limits).amounts(found.a[rows], found.b[rows])
        return amounts

    def curve(self, limits: Sequence[Limit], which: int, below: float) -> Growing:
        """See `Search`."""
        return curve_of(self, limits, which, below)

    def codes(self, found: Found) -> Codes:
        """See `Search`."""
        codes = np.zeros((len(found.at), self._cells.space.n_genes), dtype=np.int64)
        for at in np.unique(found.at).tolist():
            rows = found.at == at
            codes[rows] = self._cells.codes(at, found.a[rows], found.b[rows], self._order)
        return codes
