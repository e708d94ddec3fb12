"""Blocks of cells in the order of what they promise."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.goal import Goal
from hwbench_mo.benchmark.limits import MARGIN, sum_of
from hwbench_mo.recommendation.search import Counts, Found, Keep
from hwbench_mo.surrogates.support import Support
from hwbench_mo.typing import Bools, Floats, Ints


class Trusted(NamedTuple):
    """Which supports must be so great at least."""

    supports: Sequence[Support]
    least: float


class Blocks:
    """The blocks of a benchmark's cells, and values of a goal in them, minimised."""

    def __init__(self, cells: Cells, goal: Goal, trusted: Trusted | None = None) -> None:
        self.cells, self.goal, self.targets, self._trusted = cells, goal, list(goal.targets), trusted
        self._shares: dict[int, list[Callable[[Ints, Ints], Floats]]] = {}
        self.least: list[float] = []
        """By block; no value in it is below."""
        for at in range(len(cells.blocks)):
            columns = [cells.column(at, name).least()[0].min() for name in self.targets]
            self.least.append(float(self.values(at, np.array([columns]))[0]))
        self.best_first = [int(at) for at in np.argsort(self.least, kind="stable")]

    def values(self, at: int, sums: Floats) -> Floats:
        """``[n]``; of minimised sums ``[n, targets]``, minimised."""
        return np.asarray(self.goal.sign * self.goal.value(self.cells.natural(at, self.targets, sums)))

    def in_sums(self, at: int, value: float) -> float:
        """A ceiling of values as one of minimised sums of the first target; none if there are several."""
        if not np.isfinite(value) or len(self.targets) > 1:
            return np.inf
        block, sign = self.cells.blocks[at], self.goal.sign
        model = self.cells.benchmark.scale(self.targets[0])
        return sign * sum_of(model, sign * value, block.e, block.b, sign * MARGIN)

    def kept(self, at: int, i: Ints, j: Ints, keep: Keep | None) -> Bools:
        """``[n]``; which cells i, j of a block are looked at."""
        block, kept = self.cells.blocks[at], np.ones(len(i), dtype=bool)
        for mlp, head in [] if keep is None else keep.sides(np.array([block.e]), block.mlp, block.head):
            kept &= mlp[i] | head[j]
        if self._trusted is not None:
            kept &= self.share(at, i, j) >= self._trusted.least
        return kept

    def share(self, at: int, i: Ints, j: Ints) -> Floats:
        """``[n]``; the least support of the cells i, j of a block, of all that is trusted; 1 if nothing is asked."""
        if at not in self._shares:
            block = self.cells.blocks[at]
            supports = [] if self._trusted is None else self._trusted.supports
            self._shares[at] = [support.shares(block.e, block.mlp, block.head) for support in supports]
        least = np.ones(len(i))
        for share in self._shares[at]:
            np.minimum(least, share(i, j), out=least)
        return least

    def counts(self, at: Ints, i: Ints, j: Ints) -> Counts:
        """What is counted of the architectures of cells i, j in blocks ``at``, all ``[n]``."""
        n, space = len(at), self.cells.space
        e, b = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        mlp = np.zeros((n, len(space.mlp_ratio)), dtype=np.int64)
        head = np.zeros((n, len(space.n_head)), dtype=np.int64)
        for one in np.unique(at).tolist():
            rows, block = np.flatnonzero(at == one), self.cells.blocks[one]
            e[rows], b[rows], mlp[rows], head[rows] = block.e, block.b, block.mlp[i[rows]], block.head[j[rows]]
        return Counts(e, b, mlp, head)


def found_in(at: int, a: Ints, b: Ints, values: Floats) -> Found:
    """Of one block."""
    return Found(np.full(len(a), at), a, b, values)
