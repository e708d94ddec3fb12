"""Which architectures are shown: the best, the simplest that is as good, and others that differ."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hwbench_mo.benchmark.limits import Limit
from hwbench_mo.recommendation.search import Counts, Found, Keep, Search
from hwbench_mo.typing import Bools, Floats, Ints

N_ALTERNATIVES = 3
DIFFERING = 0.25
"""Runners-up differ from the best and from one another in so many of the layers, as a share of them."""


def best_of(search: Search, limits: Sequence[Limit], keep: Keep | None = None) -> Found | None:
    """The architecture of the least value that keeps the limits, or None."""
    best: Found | None = None

    def ceiling() -> float:
        return np.inf if best is None else float(best.values[0])

    for piece in search.pieces(limits, ceiling, keep, least_alone=True):
        if len(piece.values) and (best is None or piece.values[0] < best.values[0]):
            best = piece
    return best


def at_most(search: Search, limits: Sequence[Limit], ceiling: float) -> Found:
    """All architectures that keep the limits, with values up to a ceiling."""
    return Found.join(list(search.pieces(limits, lambda: ceiling)))


def simplest_of(search: Search, limits: Sequence[Limit], ceiling: float, params: Callable[[Found], Floats]) -> Found:
    """The simplest architecture with a value up to a ceiling, which some architecture has.

    Simplest is what takes the fewest different mlp ratios and numbers of heads, both counted together: two where all
    layers are alike. Among those, the one of the fewest parameters.
    """
    simplest: Found | None = None
    rank = (np.inf, np.inf)
    for piece in search.pieces(limits, lambda: ceiling):
        if not len(piece.values):
            continue
        counts = search.counts(piece)
        kinds = (counts.mlp > 0).sum(axis=1) + (counts.head > 0).sum(axis=1)
        fewest = np.flatnonzero(kinds == kinds.min())
        if kinds.min() > rank[0]:
            continue
        sizes = params(piece.take(fewest))
        own = float(kinds.min()), float(sizes.min())
        if own < rank:
            simplest, rank = piece.take(fewest[[int(sizes.argmin())]]), own
    if simplest is None:
        raise RuntimeError("no architecture is as good as the best")
    return simplest


def alternatives_to(search: Search, limits: Sequence[Limit], best: Found) -> tuple[list[Found], int]:
    """The best architectures that differ from ``best`` and from those before, and in how many layers at least."""
    counts = search.counts(best)
    least = max(1, int(np.ceil(DIFFERING * counts.mlp.sum())))
    found: list[Found] = []
    chosen = [counts]
    while len(found) < N_ALTERNATIVES:
        if (another := best_of(search, limits, Far(chosen, least))) is None:
            break
        found.append(another)
        chosen.append(search.counts(another))
    return found, least


class Far(NamedTuple):
    """Architectures that differ from all that are chosen in so many layers at least."""

    chosen: list[Counts]
    least: int

    def sides(self, e: Ints, mlp: Ints, head: Ints) -> list[tuple[Bools, Bools]]:
        """See `Keep`: the difference is the greater of two, one of mlp_ratio and one of n_head."""
        found = []
        for one in self.chosen:
            parts = [
                (e != one.e[0]) | (moved(counts, own) >= self.least)
                for counts, own in ((mlp, one.mlp[0]), (head, one.head[0]))
            ]
            found.append((parts[0], parts[1]))
        return found


def moved(counts: Ints, own: Ints) -> Ints:
    """``[n]``; in how many layers at least choices with counts ``[n, c]`` differ from those with counts ``[c]``."""
    deeper = np.abs(counts.sum(axis=1) - own.sum())
    differing: Ints = deeper + (np.abs(counts - own).sum(axis=1) - deeper) // 2
    return differing


def difference(every: Counts, one: Counts) -> Ints:
    """``[n]``; in how many layers each differs from ``one`` at least, in whatever order; all, if their width does.

    What one has more layers than the other counts, and so does every layer whose mlp_ratio or number of heads must be
    another. With or without bias makes no difference.
    """
    layers = np.maximum(moved(every.mlp, one.mlp[0]), moved(every.head, one.head[0]))
    most: Ints = np.maximum(every.mlp.sum(axis=1), one.mlp[0].sum())
    return np.where(every.e == one.e[0], layers, most)
