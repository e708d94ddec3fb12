"""Every architecture that may be recommended, best first as far as bounds tell: cells of count vectors, or rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.limits import MARGIN, Limit, sum_of
from hwbench_mo.benchmark.ordered import MOST, Opened
from hwbench_mo.benchmark.view import View
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes, Floats, Ints


class Found(NamedTuple):
    """Architectures that keep some limits: where each stands, and its value, minimised."""

    at: Ints
    """``[n]``; block."""
    a: Ints
    """``[n]``; place in the block, of mlp_ratio."""
    b: Ints
    """``[n]``; place in the block, of n_head."""
    values: Floats
    """``[n]``; noise-free."""

    def take(self, rows: Ints | Bools) -> "Found":
        """Some of them."""
        return Found(self.at[rows], self.a[rows], self.b[rows], self.values[rows])

    @staticmethod
    def join(pieces: Sequence["Found"]) -> "Found":
        """All of some pieces."""
        if not pieces:
            none = np.zeros(0, dtype=np.int64)
            return Found(none, none, none, np.zeros(0))
        at, a, b, values = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        return Found(at, a, b, values)


class Counts(NamedTuple):
    """What is counted of architectures, in one order of axes: width and bias by index, layers by choice."""

    e: Ints
    b: Ints
    mlp: Ints
    """``[n, c]``."""
    head: Ints
    """``[n, c]``."""


class Keep(Protocol):
    """Which architectures are looked at, by what is counted of them."""

    def sides(self, e: Ints, mlp: Ints, head: Ints) -> list[tuple[Bools, Bools]]:
        """Pairs ``[i]`` and ``[j]`` of which, for an architecture of count vectors i and j, one must hold each time.

        Parameters
        ----------
        e
            ``[1]`` or ``[n]``; width.
        mlp, head
            ``[i, c]`` and ``[j, c]``; count vectors of as many layers, one depth or one a row.
        """
        ...


class Search(Protocol):
    """All architectures of a benchmark, by their value in one target."""

    def pieces(
        self,
        limits: Sequence[Limit],
        ceiling: Callable[[], float],
        keep: Keep | None = None,
        *,
        least_alone: bool = False,
    ) -> Iterator[Found]:
        """Those that keep the limits, with values of at most ``ceiling()``, which may fall meanwhile.

        Of architectures that differ in the order of layers alone, those that no other dominates. ``least_alone``: of
        each piece that there is, one of the least value.
        """
        ...

    def counts(self, found: Found) -> Counts:
        """What is counted of them."""
        ...

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """``[n, limits]``; what is limited."""
        ...

    def codes(self, found: Found) -> Codes:
        """``[n, d]``, canonical."""
        ...


class CellSearch:
    """The search on surrogates.

    Parameters
    ----------
    target
        What is minimised, or maximised if it is a metric that is.
    limited
        The targets of all limits that will be asked for.
    """

    def __init__(self, cells: Cells, target: str, limited: Sequence[str]) -> None:
        self._cells, self._target = cells, target
        self._order = cells.order_target([target, *limited])
        self._opens = len(cells.by_order([target, *limited])) > 1
        self._places: dict[int, Opened] = {}
        self._sign = Target.parse(target).sign
        self._model = cells.benchmark.model(target)
        self._least = []
        for at in range(len(cells.blocks)):
            rows, _ = cells.column(at, target).least()
            self._least.append(float(cells.value(at, target, rows.min(keepdims=True))[0]))
        self._best_first = [int(at) for at in np.argsort(self._least, kind="stable")]

    def pieces(
        self,
        limits: Sequence[Limit],
        ceiling: Callable[[], float],
        keep: Keep | None = None,
        *,
        least_alone: bool = False,
    ) -> Iterator[Found]:
        """See `Search`; blocks come in the order of bounds on their values."""
        for at in self._best_first:
            if self._least[at] > ceiling():
                return  # and so are all blocks that follow
            for a, b, sums in self._points(at, limits, self._in_sums(at, ceiling())):
                found = Found(np.full(len(sums), at), a, b, sums)
                if keep is not None and len(sums):
                    found = found.take(self._kept(at, found, keep))
                if least_alone and len(found.values):
                    found = found.take(np.array([found.values.argmin()]))
                found = found._replace(values=self._cells.value(at, self._target, found.values))
                yield found.take(found.values <= ceiling())

    def _kept(self, at: int, found: Found, keep: Keep) -> Bools:
        """Of points in one block."""
        block = self._cells.blocks[at]
        i, j = self._places[at].counts(found.a, found.b) if self._opens else (found.a, found.b)
        kept = np.ones(len(i), dtype=bool)
        for mlp, head in keep.sides(np.array([block.e]), block.mlp, block.head):
            kept &= mlp[i] | head[j]
        return kept

    def _points(self, at: int, limits: Sequence[Limit], ceiling: float) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Places and sums in one block."""
        if not self._opens:
            for points in View(self._cells, at, [self._target], limits, ceiling).points():
                yield *points.cells(), points.sums[:, 0]
            return
        opened = self._places[at] = Opened(self._cells, at, [self._target], limits)
        for i, j in opened.cells():
            below = opened.bounds(i, j)[:, 0] <= ceiling
            i, j = i[below], j[below]
            while len(i):
                n = opened.room(i, j, MOST)
                mlp, head, sums = opened.pairs(i[:n], j[:n])
                yield mlp, head, sums[:, 0]
                i, j = i[n:], j[n:]

    def _in_sums(self, at: int, value: float) -> float:
        """A ceiling of values as one of minimised sums."""
        if not np.isfinite(value):
            return np.inf
        block = self._cells.blocks[at]
        return self._sign * sum_of(self._model, self._sign * value, block.e, block.b, self._sign * MARGIN)

    def _in_blocks(self, found: Found) -> Iterator[tuple[int, Ints, Ints, Ints]]:
        """Block by block: the rows of ``found``, and their count vectors i and j."""
        for at in np.unique(found.at).tolist():
            rows = np.flatnonzero(found.at == at)
            a, b = found.a[rows], found.b[rows]
            yield at, rows, *(self._places[at].counts(a, b) if self._opens else (a, b))

    def counts(self, found: Found) -> Counts:
        """See `Search`."""
        n, space = len(found.at), self._cells.space
        e, b = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        mlp = np.zeros((n, len(space.mlp_ratio)), dtype=np.int64)
        head = np.zeros((n, len(space.n_head)), dtype=np.int64)
        for at, rows, i, j in self._in_blocks(found):
            block = self._cells.blocks[at]
            e[rows], b[rows], mlp[rows], head[rows] = block.e, block.b, block.mlp[i], block.head[j]
        return Counts(e, b, mlp, head)

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """See `Search`."""
        amounts = np.empty((len(found.at), len(limits)))
        for at, rows, i, j in self._in_blocks(found):
            block = self._cells.blocks[at]
            for place, limit in enumerate(limits):
                if self._opens:
                    sums = self._places[at].sums(limit.target, found.a[rows], found.b[rows])
                else:
                    sums = self._cells.column(at, limit.target).at(i, j)
                error = self._cells.error(at, limit)
                errors = 0.0 if error is None else error.at(i, j)
                amounts[rows, place] = limit.amount(limit.sign * sums, errors, block.e, block.b)
        return amounts

    def codes(self, found: Found) -> Codes:
        """See `Search`."""
        codes = np.zeros((len(found.at), self._cells.space.n_genes), dtype=np.int64)
        for at, rows, i, j in self._in_blocks(found):
            if self._opens:
                codes[rows] = self._places[at].codes(found.a[rows], found.b[rows])
            else:
                codes[rows] = self._cells.codes(at, i, j, self._order)
        return codes
