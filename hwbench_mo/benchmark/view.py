"""The cells of one block that keep some limits, gone through a chunk at a time."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.columns import CellSums
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.typing import Bools, Floats, Ints

CHUNK = 1 << 16
"""Cells worked on at a time: half a megabyte a metric, which stays in the second-level cache."""


class Points(NamedTuple):
    """Some cells of a block, and the minimised sums of some targets there."""

    sums: Floats
    """``[n, targets]``."""
    rows: Ints
    """Count vectors of mlp_ratio that the cells are numbered by."""
    columns: Ints
    """Of n_head."""
    inside: Ints | None
    """``[n]``; the number of each cell; None: all of them, in order."""

    def cells(self, which: Ints | slice = slice(None)) -> tuple[Ints, Ints]:
        """Count vectors i and j of some of the points, all by default."""
        numbers = np.arange(len(self.sums)) if self.inside is None else self.inside
        i, j = np.divmod(numbers[which], len(self.columns))
        return self.rows[i], self.columns[j]


class View:
    """The cells of one block that keep every limit, without the rows and columns in which none can.

    Parameters
    ----------
    at
        Which block.
    targets
        Whose sums are wanted.
    ceiling
        Of the first target's sums: cells above it are left out.
    """

    def __init__(
        self, cells: Cells, at: int, targets: Sequence[str], limits: Sequence[Limit], ceiling: float = np.inf
    ) -> None:
        block = self._block = cells.blocks[at]
        self._columns = [cells.column(at, name) for name in targets]
        self._limits, self._ceiling = limits, ceiling
        self._limited = [cells.column(at, limit.target) for limit in limits]
        self._errors = [cells.error(at, limit) for limit in limits]
        self._thresholds = [
            limit.thresholds(block.e, block.b, 0.0 if error is None else error.most)
            for limit, error in zip(limits, self._errors, strict=True)
        ]
        self._i, self._j = np.arange(len(block.mlp)), np.arange(len(block.head))
        bounds = [(self._columns[0], ceiling)] if targets and np.isfinite(ceiling) else []
        bounds += [(column, never) for column, (_, never) in zip(self._limited, self._thresholds, strict=True)]
        for column, bound in [*bounds, *bounds]:  # what one leaves out can raise the bounds of another
            if not len(self._i) or not len(self._j):
                break
            rows, columns = column.take(self._i, self._j).least()
            self._i, self._j = self._i[rows <= bound], self._j[columns <= bound]

    def points(self) -> Iterator[Points]:
        """The cells, in order of i and j; a chunk may have none."""
        if not len(self._i) or not len(self._j):
            return
        limited = [column.take(self._i, self._j) for column in self._limited]
        columns = [column.take(self._i, self._j) for column in self._columns]
        step = max(1, CHUNK // len(self._j))
        for first in range(0, len(self._i), step):
            rows = slice(first, min(first + step, len(self._i)))
            sums = [column.sums(rows).ravel() for column in columns]
            kept = self._mask(limited, rows)
            if np.isfinite(self._ceiling):
                below = sums[0] <= self._ceiling
                kept = below if kept is None else kept.ravel() & below
            inside = None if kept is None else np.flatnonzero(kept)
            n = (rows.stop - first) * len(self._j) if inside is None else len(inside)
            stacked = np.empty((n, len(sums)))
            for place, part in enumerate(sums):
                stacked[:, place] = part if inside is None else part[inside]
            yield Points(stacked, self._i[rows], self._j, inside)

    def _mask(self, limited: Sequence[CellSums], rows: slice) -> Bools | None:
        """``[rows, j]``; which cells keep the limits; None: all of them."""
        kept: Bools | None = None
        for place, (limit, column) in enumerate(zip(self._limits, limited, strict=True)):
            surely, never = self._thresholds[place]
            sums = column.sums(rows)
            holds = sums <= surely
            in_doubt = (sums <= never) & ~holds
            if kept is not None:
                holds &= kept
                in_doubt &= kept
            i, j = np.nonzero(in_doubt)
            if len(i):
                error = self._errors[place]
                errors = 0.0 if error is None else error.at(self._i[i + rows.start], self._j[j])
                holds[i, j] = limit.holds(limit.sign * sums[i, j], errors, self._block.e, self._block.b)
            kept = holds
        return kept

    def amounts(self, i: Ints, j: Ints) -> Floats:
        """``[n, limits]``; what is limited, in the cells i, j."""
        found = np.empty((len(i), len(self._limits)))
        for place, (limit, column) in enumerate(zip(self._limits, self._limited, strict=True)):
            error = self._errors[place]
            errors = 0.0 if error is None else error.at(i, j)
            found[:, place] = limit.amount(limit.sign * column.at(i, j), errors, self._block.e, self._block.b)
        return found
