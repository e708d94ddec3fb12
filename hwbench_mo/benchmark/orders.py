"""The best order of layers for each count vector, by dynamic programming over layers.

A count vector says how many layers take each choice of mlp_ratio, or of n_head. Hardware metrics depend on nothing
else; perplexity and accuracy depend on the order of layers, too, and so the least of their sums within each count
vector is all that a search under hardware limits needs (Bellman, 1957). The state of the program is the count vector
and the last layer's choice, which entries of neighbouring layers need. All widths, biases and depths are worked on at
once.
"""

from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Floats, Ints, read_only


@lru_cache(maxsize=256)
def count_vectors(n_layers: int, n_choices: int) -> Ints:
    """``[k, c]``; every way in which so many layers can take so many choices, in lexicographic order.

    >>> count_vectors(2, 2)
    array([[0, 2],
           [1, 1],
           [2, 0]])
    >>> len(count_vectors(36, 3))
    703
    """
    bars = list(combinations(range(n_layers + n_choices - 1), n_choices - 1))
    edges = np.array(bars, dtype=np.int64).reshape(len(bars), n_choices - 1)
    low, high = np.full((len(bars), 1), -1), np.full((len(bars), 1), n_layers + n_choices - 1)
    return read_only(np.diff(np.concatenate([low, edges, high], axis=1), axis=1) - 1)


@lru_cache(maxsize=256)
def _before(n_layers: int, n_choices: int) -> Ints:
    """``[k, c]``; which vector of one layer less each comes from by its last choice; past the end where none does."""
    vectors, fewer = count_vectors(n_layers, n_choices), count_vectors(n_layers - 1, n_choices)
    radix = (n_layers + 1) ** np.arange(n_choices - 1, -1, -1)
    wanted = (vectors @ radix)[:, None] - radix
    found = np.searchsorted(fewer @ radix, wanted)
    return read_only(np.where(vectors > 0, found, len(fewer)))


class Orders(NamedTuple):
    """For each (embed_dim, bias, n_layer) the least sum over the layers of one kind within each count vector."""

    least: dict[int, Floats]
    """By number of layers, ``[g, k]``; g = (embed_dim, bias, n_layer), of which that depth's own are meant."""
    last: dict[int, NDArray[np.uint8]]
    """By number of layers, ``[g, k]``; the choice of the last layer."""
    came: list[NDArray[np.uint8]]
    """By slot, ``[g, k, c]``; the choice of the layer before, if the layer of that slot takes choice c."""

    @staticmethod
    def of(space: SearchSpace, kind: str, model: AdditiveModel | None, sign: float) -> "Orders":
        """Of ``mlp`` or ``head`` entries, times ``sign`` minimised; without a model, any order is as good."""
        e, b, n_depths = len(space.embed_dim), len(space.bias), len(space.n_layer)
        n_choices = len(space.mlp_ratio if kind == "mlp" else space.n_head)
        entries = np.zeros((e, b, n_depths, space.n_slots, n_choices))
        pairs = np.zeros((e * b * n_depths, space.n_slots - 1, n_choices, n_choices))
        if model is not None:
            entries += sign * getattr(model, kind)[:, :, None]
            if (by_depth := getattr(model, f"{kind}_by_depth")) is not None:
                entries += sign * by_depth
            if (together := getattr(model, f"{kind}_pairs")) is not None:
                pairs[:] = sign * np.repeat(together.reshape(e * b, *together.shape[2:]), n_depths, axis=0)
        return Orders._program(entries.reshape(e * b * n_depths, space.n_slots, n_choices), pairs, space.n_layer)

    @staticmethod
    def _program(entries: Floats, pairs: Floats, depths: tuple[int, ...]) -> "Orders":
        """From entries ``[g, s, c]`` and pairs of the choice before and this one ``[g, s - 1, c, c]``."""
        n_groups, n_slots, n_choices = entries.shape
        sums = np.full((n_groups, n_choices, n_choices), np.inf)
        alone = count_vectors(1, n_choices).argmax(axis=1)
        sums[:, np.arange(n_choices), alone] = entries[:, 0, alone]
        came = [np.zeros(sums.shape, dtype=np.uint8)]
        least, last = {}, {}
        for slot in range(n_slots):
            if slot > 0:
                impossible = np.full((n_groups, 1, n_choices), np.inf)
                before = np.concatenate([sums, impossible], axis=1)[:, _before(slot + 1, n_choices)]
                before += pairs[:, slot - 1].transpose(0, 2, 1)[:, None]
                came.append(before.argmin(axis=3).astype(np.uint8))
                sums = before.min(axis=3) + entries[:, slot][:, None]
            if slot + 1 in depths:
                least[slot + 1], last[slot + 1] = sums.min(axis=2), sums.argmin(axis=2).astype(np.uint8)
        return Orders(least, last, came)

    def choices(self, group: int, n_layers: int, rows: Ints) -> Ints:
        """``[n, n_layers]``; an order that attains the least sum, for count vectors ``rows`` ``[n]`` of a group."""
        n_choices = self.came[0].shape[2]
        choice = self.last[n_layers][group, rows].astype(np.int64)
        found = np.zeros((len(rows), n_layers), dtype=np.int64)
        for slot in range(n_layers - 1, -1, -1):
            found[:, slot] = choice
            before = self.came[slot][group, rows, choice].astype(np.int64)
            if slot > 0:
                rows = _before(slot + 1, n_choices)[rows, choice]
            choice = before
        return found
