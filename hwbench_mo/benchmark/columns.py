"""What each metric is in the cells of a block: pairs of count vectors, one of mlp_ratio and one of n_head."""

from typing import NamedTuple, Protocol

import numpy as np

from hwbench_mo.benchmark.layer_counts import LayerCounts
from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Floats, Ints

CHUNK = 1 << 17
"""Cells that a metric of one's own is asked for at a time."""


class Block(NamedTuple):
    """The cells of one width, bias and depth, by their indices."""

    e: int
    b: int
    depth: int
    n_layers: int
    mlp: Ints
    """``[i, c]``; count vectors of mlp_ratio."""
    head: Ints
    """``[j, c]``; count vectors of n_head."""


class CellSums(Protocol):
    """Minimised sums of a metric in the cells of a block."""

    def take(self, i: Ints, j: Ints) -> "CellSums":
        """The same of some rows and columns of the cells."""
        ...

    def sums(self, rows: slice) -> Floats:
        """``[rows, j]``."""
        ...

    def at(self, i: Ints, j: Ints) -> Floats:
        """``[n]``; of single cells."""
        ...

    def least(self) -> tuple[Floats, Floats]:
        """``[i]`` and ``[j]``; what no sum of a row, or of a column of the cells, is below."""
        ...


class Column(NamedTuple):
    """Minimised sums of one model in the cells of a block: of one that depends on order, the least of each cell."""

    mlp: Floats
    """``[i]``."""
    head: Floats
    """``[j]``; with the base."""
    left: Floats | None
    """``[i, c]``; with ``right``, what counts of mlp_ratio and n_head add together."""
    right: Floats | None
    """``[c, j]``; counts of n_head."""

    def take(self, i: Ints, j: Ints) -> "Column":
        """The same of some rows and columns of the cells."""
        if self.left is None or self.right is None:
            return Column(self.mlp[i], self.head[j], None, None)
        return Column(self.mlp[i], self.head[j], self.left[i], self.right[:, j])

    def sums(self, rows: slice) -> Floats:
        """``[rows, j]``."""
        sums: Floats = self.mlp[rows, None] + self.head
        if self.left is not None and self.right is not None:
            sums += self.left[rows] @ self.right
        return sums

    def at(self, i: Ints, j: Ints) -> Floats:
        """``[n]``; of single cells."""
        sums: Floats = self.mlp[i] + self.head[j]
        if self.left is not None and self.right is not None:
            sums = sums + np.einsum("nc,cn->n", self.left[i], self.right[:, j])
        return sums

    def least(self) -> tuple[Floats, Floats]:
        """``[i]`` and ``[j]``; what no sum of a row, or of a column of the cells, is below."""
        rows, columns = self.mlp + self.head.min(), self.mlp.min() + self.head
        if self.left is not None and self.right is not None:
            n_layers = self.right[:, 0].sum()
            rows, columns = rows + n_layers * self.left.min(axis=1), columns + self.left.min(axis=0) @ self.right
        return rows, columns


class ErrorColumn(NamedTuple):
    """Standard errors of the sums of one model in the cells of a block."""

    mlp: Floats
    """``[i, r]``."""
    head: Floats
    """``[j, r]``; with the base."""
    most: float

    @staticmethod
    def of(table: TableError, block: Block) -> "ErrorColumn":
        """Of a table that depends on counts alone."""
        e, b = block.e, block.b
        mlp = block.mlp @ table.mlp[e, b, 0].astype(np.float64)
        head = block.head @ table.head[e, b, 0].astype(np.float64) + table.base[e, b, block.depth]
        # The length of a sum of vectors is convex in the counts: it is greatest where every layer is the same.
        corners = mlp[block.mlp.max(axis=1) == block.n_layers][:, None] + head[block.head.max(axis=1) == block.n_layers]
        return ErrorColumn(mlp, head, float(np.sqrt((corners**2).sum(axis=2).max())) * (1 + 1e-9))

    def at(self, i: Ints, j: Ints) -> Floats:
        """``[n]``; of single cells."""
        return np.asarray(np.sqrt(((self.mlp[i] + self.head[j]) ** 2).sum(axis=1)))


class DenseColumn(NamedTuple):
    """Minimised values of a metric of one's own, cell by cell: they need not add up of parts."""

    values: Floats
    """``[i, j]``."""

    @staticmethod
    def of(metric: Metric, space: SearchSpace, block: Block, sign: float) -> "DenseColumn":
        """Of a function of counts, times ``sign`` minimised."""
        n_mlp, n_head = len(block.mlp), len(block.head)
        values = np.empty((n_mlp, n_head))
        step = max(1, CHUNK // n_head)
        for first in range(0, n_mlp, step):
            rows = slice(first, min(first + step, n_mlp))
            mlp = np.repeat(block.mlp[rows], n_head, axis=0)
            head = np.tile(block.head, (rows.stop - first, 1))
            e, b, depth = (np.full(len(mlp), index) for index in (block.e, block.b, block.depth))
            answers = metric.of_counts(LayerCounts.of_choices(space, e, b, depth, mlp, head))
            values[rows] = sign * answers.reshape(-1, n_head)
        return DenseColumn(values)

    def take(self, i: Ints, j: Ints) -> "DenseColumn":
        """See `CellSums`."""
        return DenseColumn(self.values[np.ix_(i, j)])

    def sums(self, rows: slice) -> Floats:
        """See `CellSums`."""
        return self.values[rows]

    def at(self, i: Ints, j: Ints) -> Floats:
        """See `CellSums`."""
        return self.values[i, j]

    def least(self) -> tuple[Floats, Floats]:
        """See `CellSums`."""
        return self.values.min(axis=1), self.values.min(axis=0)
