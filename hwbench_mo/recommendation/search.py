"""What a recommendation asks of a search; one is on cells of count vectors, one opens cells, one is among rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from hwbench_mo.benchmark.growing import Growing
from hwbench_mo.benchmark.limits import Limit
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

    def support(self, found: Found) -> Floats:
        """``[n]``; the least support of all that is to be trusted."""
        ...

    def counts(self, found: Found) -> Counts:
        """What is counted of them."""
        ...

    def amounts(self, found: Found, limits: Sequence[Limit]) -> Floats:
        """``[n, limits]``; what is limited."""
        ...

    def curve(self, limits: Sequence[Limit], which: int, below: float) -> Growing:
        """The front of what one limit limits (times its sign) and of values up to ``below``, under all limits."""
        ...

    def codes(self, found: Found) -> Codes:
        """``[n, d]``, canonical."""
        ...


def curve_of(search: Search, limits: Sequence[Limit], which: int, below: float) -> Growing:
    """See `Search.curve`; of all that is found."""
    curve, limit = Growing.of(2), limits[which]
    for piece in search.pieces(limits, lambda: below):
        if len(piece.values):
            points = np.stack([limit.sign * search.amounts(piece, [limit])[:, 0], piece.values], axis=1)
            rows = curve.may_improve(points)
            curve = curve.with_(points[rows], np.zeros((len(rows), 3), dtype=np.int64))
    return curve
