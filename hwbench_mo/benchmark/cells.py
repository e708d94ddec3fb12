"""Cells: pairs of count vectors, one of mlp_ratio and one of n_head, for each width, bias and depth.

Nearly every metric has one value in a cell, and perplexity has a least one. The 10^35 architectures of gpt_l make 8
million cells, gpt_m has 1.6 million and gpt_s 112,326: they can all be gone through in a tenth of a second.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.benchmark.orders import Orders, count_vectors
from hwbench_mo.errors import InputError
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes, Floats, Ints

CHUNK = 1 << 16
"""Cells worked on at a time: half a megabyte a metric, which stays in the second-level cache."""
MOST_CELLS = 1 << 27
"""Of one width, bias and depth."""


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

    @property
    def shape(self) -> tuple[int, int]:
        """Of the cells, ``[i, j]``."""
        return len(self.mlp), len(self.head)

    def chunks(self) -> Iterator[slice]:
        """Rows i, about `CHUNK` cells at a time."""
        step = max(1, CHUNK // len(self.head))
        for first in range(0, len(self.mlp), step):
            yield slice(first, min(first + step, len(self.mlp)))


class Column(NamedTuple):
    """Minimised sums of one model in the cells of a block: of one that depends on order, the least of each cell."""

    mlp: Floats
    """``[i]``."""
    head: Floats
    """``[j]``; with the base."""
    left: Floats | None
    """``[i, c]``; with ``right`` ``[c, j]``, what counts of mlp_ratio and n_head add together."""
    right: Floats | None

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


class ErrorColumn(NamedTuple):
    """Standard errors of the sums of one model in the cells of a block."""

    mlp: Floats
    """``[i, r]``."""
    head: Floats
    """``[j, r]``; with the base."""
    most: float

    @staticmethod
    def of(limit: Limit, block: Block) -> "ErrorColumn | None":
        """None where the error is not counted."""
        if limit.error is None or not limit.z:
            return None
        mlp = block.mlp @ limit.error.mlp[block.e, block.b, 0].astype(np.float64)
        head = block.head @ limit.error.head[block.e, block.b, 0].astype(np.float64)
        head = head + limit.error.base[block.e, block.b, block.depth]
        # The length of a sum of vectors is convex in the counts: it is greatest where every layer is the same.
        corners = mlp[block.mlp.max(axis=1) == block.n_layers][:, None] + head[block.head.max(axis=1) == block.n_layers]
        return ErrorColumn(mlp, head, float(np.sqrt((corners**2).sum(axis=2).max())) * (1 + 1e-9))

    def at(self, i: Ints, j: Ints) -> Floats:
        """``[n]``; of single cells."""
        return np.asarray(np.sqrt(((self.mlp[i] + self.head[j]) ** 2).sum(axis=1)))


class Cells:
    """All cells of a benchmark, the sums of its models in them, and architectures that attain them."""

    def __init__(self, benchmark: Benchmark) -> None:
        self.benchmark = benchmark
        self.space = space = benchmark.space
        self._columns: dict[tuple[int, str], Column] = {}
        self._orders: dict[str | None, tuple[Orders, Orders]] = {}
        n_choices = len(space.mlp_ratio), len(space.n_head)
        self.blocks: list[Block] = []
        for e in range(len(space.embed_dim)):
            for b in range(len(space.bias)):
                for depth, n_layers in enumerate(space.n_layer):
                    mlp, head = (count_vectors(n_layers, n) for n in n_choices)
                    self.blocks.append(Block(e, b, depth, n_layers, mlp, head))
        most = max(len(block.mlp) * len(block.head) for block in self.blocks)
        if most > MOST_CELLS:
            raise InputError(
                f"space {space.name!r} has {most} pairs of count vectors a width and depth, but {MOST_CELLS} can be "
                f"gone through: offer fewer choices of mlp_ratio or n_head"
            )

    def column(self, at: int, target: str) -> Column:
        """The sums of a target in block ``at``; kept."""
        key = at, target
        if key not in self._columns:
            self._columns[key] = self._column(self.blocks[at], target)
        return self._columns[key]

    def _column(self, block: Block, target: str) -> Column:
        model, sign = self.benchmark.model(target), Target.parse(target).sign
        e, b = block.e, block.b
        if model.by_order:
            one, other = self.orders(target)
            group = self._group(block)
            mlp, head = one.least[block.n_layers][group], other.least[block.n_layers][group]
        else:
            mlp, head = block.mlp @ (sign * model.mlp[e, b, 0]), block.head @ (sign * model.head[e, b, 0])
        head = head + sign * model.base[e, b, block.depth]
        if model.products is None:
            return Column(mlp, head, None, None)
        products, n = sign * model.products[e, b], len(self.space.mlp_ratio)
        mlp = mlp + np.einsum("ic,cd,id->i", block.mlp, products[:n, :n], block.mlp)
        head = head + np.einsum("jc,cd,jd->j", block.head, products[n:, n:], block.head)
        return Column(mlp, head, block.mlp @ (products[:n, n:] + products[n:, :n].T), block.head.T.astype(np.float64))

    def orders(self, target: str | None) -> tuple[Orders, Orders]:
        """The best orders of mlp_ratio and of n_head for a target; kept."""
        if target not in self._orders:
            model = None if target is None else self.benchmark.model(target)
            sign = 1.0 if target is None else Target.parse(target).sign
            mlp, head = (Orders.of(self.space, kind, model, sign) for kind in ("mlp", "head"))
            self._orders[target] = mlp, head
        return self._orders[target]

    def _group(self, block: Block) -> int:
        return (block.e * len(self.space.bias) + block.b) * len(self.space.n_layer) + block.depth

    def order_target(self, targets: Sequence[str]) -> str | None:
        """The one of the targets that depends on the order of layers; else perplexity, which then orders them.

        Raises
        ------
        InputError
            If several do.
        """
        ordered = list(dict.fromkeys(name for name in targets if self.benchmark.model(name).by_order))
        if len(ordered) > 1:
            raise InputError(
                f"{' and '.join(ordered)} depend on the order of layers in space {self.space.name!r}: the best under "
                f"limits is exact with one of them alone; leave out the others"
            )
        return next(iter(ordered), "perplexity" if "perplexity" in self.benchmark.models else None)

    def codes(self, at: int, i: Ints, j: Ints, target: str | None) -> Codes:
        """``[n, d]``; an architecture of each cell that is the best for ``target``."""
        block, space = self.blocks[at], self.space
        codes = np.zeros((len(i), space.n_genes), dtype=np.int64)
        codes[:, [EMBED_DIM, N_LAYER, BIAS]] = block.e, block.depth, block.b
        mlp, head = self.orders(target)
        for genes, orders, rows in ((space.mlp_genes, mlp, i), (space.head_genes, head, j)):
            slots = slice(genes.start, genes.start + block.n_layers)
            codes[:, slots] = orders.choices(self._group(block), block.n_layers, rows)
        return codes

    def within(self, at: int, limits: Sequence[Limit]) -> "Within":
        """Which cells of block ``at`` keep the limits."""
        return Within(self, at, limits)

    def value(self, at: int, target: str, sums: Floats) -> Floats:
        """``[n]``; minimised values of a target, of minimised sums in block ``at``."""
        block, sign = self.blocks[at], Target.parse(target).sign
        rows = np.full(len(sums), block.e), np.full(len(sums), block.b)
        return np.asarray(sign * self.benchmark.model(target).value(sign * sums, *rows))


class Within:
    """Which cells of one block keep some limits."""

    def __init__(self, cells: Cells, at: int, limits: Sequence[Limit]) -> None:
        block = cells.blocks[at]
        self._e, self._b = block.e, block.b
        self._parts: list[tuple[Limit, Column, ErrorColumn | None, float, float]] = []
        for limit in limits:
            column, error = cells.column(at, limit.target), ErrorColumn.of(limit, block)
            surely, never = limit.thresholds(block.e, block.b, 0.0 if error is None else error.most)
            self._parts.append((limit, column, error, surely, never))

    @property
    def is_empty(self) -> bool:
        """Whether some limit alone excludes every cell; if False, cells may still be excluded."""
        return any(
            column.left is None and column.mlp.min() + column.head.min() > never
            for _, column, _, _, never in self._parts
        )

    def mask(self, rows: slice) -> Bools | None:
        """``[rows, j]``; None: all of them."""
        kept: Bools | None = None
        for limit, column, error, surely, never in self._parts:
            sums = column.sums(rows)
            holds = sums <= surely
            open_ = (sums <= never) & ~holds
            if kept is not None:
                holds &= kept
                open_ &= kept
            i, j = np.nonzero(open_)
            if len(i):
                errors = 0.0 if error is None else error.at(i + rows.start, j)
                holds[i, j] = limit.holds(limit.sign * sums[i, j], errors, self._e, self._b)
            kept = holds
        return kept

    def amounts(self, i: Ints, j: Ints) -> Floats:
        """``[n, limits]``; what is limited, in the cells i, j."""
        found = np.empty((len(i), len(self._parts)))
        for place, (limit, column, error, _, _) in enumerate(self._parts):
            errors = 0.0 if error is None else error.at(i, j)
            found[:, place] = limit.amount(limit.sign * column.at(i, j), errors, self._e, self._b)
        return found


@lru_cache(maxsize=8)
def cells_of(benchmark: Benchmark) -> Cells:
    """The cells of a benchmark, made once for each."""
    return Cells(benchmark)
