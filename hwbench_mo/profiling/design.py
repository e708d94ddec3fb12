"""Which architectures to measure: an optimal design for the tables, in randomised order.

Within one (embed_dim, bias), tables are linear in how many layers take each choice. The corners, whose layers are all
alike, tell most about such a function; random architectures are what the tables will be asked about. So every block
has, for each (embed_dim, bias), one random architecture and the corner that lowers the expected error of prediction
most (I-optimality; Atkinson, Donev and Tobias, 2007), given all architectures so far.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.typing import Codes, Floats

Role = Literal["fit", "held_out", "reference"]
RIDGE = 1e-4
"""Of the information before anything is measured: makes the first choices defined."""
EVALUATED = 200
"""Random architectures that the expected error is an average over, beside the corners."""
PATIENCE = 1000
"""Draws of an architecture that was not drawn before; small spaces run out of them."""


@dataclass(frozen=True)
class Row:
    """One architecture to measure."""

    code: tuple[int, ...]
    role: Role
    energy: bool = True
    """Whether its energy is measured, if that of its unit is."""


@dataclass(frozen=True)
class Unit:
    """Rows that one device measures one after the other, with a reference architecture at the end.

    Either half of the rows of a campaign has to hold each (embed_dim, bias) equally often. So a unit has two rows for
    each of half of them, at an even and at an odd place.
    """

    number: int
    rows: tuple[Row, ...]
    reference: Row


def regressors(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, p]``; 1 and how many layers take each choice, without the smallest n_head, whose count follows."""
    counts = np.delete(space.counts_as_floats(codes), len(space.mlp_ratio), axis=1)
    return np.concatenate([np.ones((len(codes), 1)), counts], axis=1)


def corners(space: SearchSpace) -> Codes:
    """``[n, d]``; architectures whose layers are all alike, of every embed_dim, n_layer and bias."""
    shared = product(*(range(len(choices)) for choices in (space.embed_dim, space.n_layer, space.bias)))
    layers = list(product(range(len(space.mlp_ratio)), range(len(space.n_head))))
    rows = [(*genes, *[ratio] * space.n_slots, *[heads] * space.n_slots) for genes in shared for ratio, heads in layers]
    return space.canonical(np.array(rows, dtype=np.int64))


class Design:
    """The architectures of one campaign.

    Parameters
    ----------
    space
        The space.
    held_out
        The share of architectures that are kept from fits: two random ones, then one corner, and so on. Energies of
        those corners are not measured.
    seed
        Of all draws: the same campaign comes again.
    """

    def __init__(self, space: SearchSpace, *, held_out: float, seed: int) -> None:
        self.space = space
        self._rng = np.random.default_rng(seed)
        self._held_out = held_out
        self._groups = [(e, b) for e in range(len(space.embed_dim)) for b in range(len(space.bias))]
        self._drawn: set[tuple[int, ...]] = set()
        self._information = {group: RIDGE * np.eye(self._p) for group in self._groups}
        self._n_fit = self._n_held_out = 0
        self._turns: list[int] = []

    @cached_property
    def _corners(self) -> dict[tuple[int, int], Codes]:
        every = corners(self.space)
        return {(e, b): every[(every[:, EMBED_DIM] == e) & (every[:, BIAS] == b)] for e, b in self._groups}

    @property
    def _p(self) -> int:
        return len(self.space.mlp_ratio) + len(self.space.n_head)

    @cached_property
    def reference(self) -> tuple[int, ...]:
        """The architecture that comes back again and again: neither small nor large."""
        space = self.space
        e, depth, ratio, heads = (
            len(choices) // 2 for choices in (space.embed_dim, space.n_layer, space.mlp_ratio, space.n_head)
        )
        row = [e, depth, 0, *[ratio] * space.n_slots, *[heads] * space.n_slots]
        code: list[int] = space.canonical(np.array([row]))[0].tolist()
        return tuple(code)

    @cached_property
    def _moments(self) -> Floats:
        """``[p, p]``; mean of x x^T over random architectures and corners."""
        random = self.space.sample(EVALUATED, np.random.default_rng(0))
        x = np.concatenate([regressors(self.space, random), regressors(self.space, corners(self.space))])
        moments: Floats = x.T @ x / len(x)
        return moments

    def units(self) -> Iterator[Unit]:
        """Units without an end, two a block; a small space that has no more architectures ends them."""
        number = 0
        while True:
            order = [self._groups[i] for i in self._rng.permutation(len(self._groups))]
            half = (len(order) + 1) // 2
            for groups in (order[:half], order[half:]):
                rows = self._rows_of(groups)
                if len(rows) < 2 * len(groups):
                    return
                rows += self._rows_held_out()
                yield Unit(number, tuple(rows), Row(self.reference, "reference", energy=number % 2 == 1))
                number += 1

    def _rows_of(self, groups: list[tuple[int, int]]) -> list[Row]:
        evens, odds = [], []
        for group in groups:
            pair = [self._random(group), self._best_corner(group)]
            self._rng.shuffle(pair)
            if None in pair:
                return []
            evens.append(pair[0])
            odds.append(pair[1])
        self._rng.shuffle(evens)
        self._rng.shuffle(odds)
        self._n_fit += 2 * len(groups)
        return [Row(code, "fit") for pair in zip(evens, odds, strict=True) for code in pair if code]

    def _rows_held_out(self) -> list[Row]:
        wanted = round(self._held_out / (1 - self._held_out) * self._n_fit) - self._n_held_out
        rows = []
        for _ in range(wanted):
            if not self._turns:  # each embed_dim and bias in turn
                self._turns = self._rng.permutation(len(self._groups)).tolist()
            is_corner = self._n_held_out % 3 == 2
            group = self._groups[int(self._rng.integers(len(self._groups))) if is_corner else self._turns.pop()]
            code = self._any_corner(group) if is_corner else self._random(group, counts=False)
            self._n_held_out += 1
            if code is not None:
                rows.append(Row(code, "held_out", energy=not is_corner))
        return rows

    def _random(self, group: tuple[int, int], *, counts: bool = True) -> tuple[int, ...] | None:
        for _ in range(PATIENCE):
            code = self.space.sample(1, self._rng)
            code[0, [EMBED_DIM, BIAS]] = group
            if (drawn := self._new(code[0])) is not None:
                if counts:
                    self._learn(group, code)
                return drawn
        return None

    def _best_corner(self, group: tuple[int, int]) -> tuple[int, ...] | None:
        """The corner with which the mean variance of prediction is least; a random architecture once all are used."""
        candidates = self._corners[group]
        unused = np.array([self._is_new(tuple(code)) for code in candidates.tolist()])
        if not unused.any():
            return self._random(group)
        candidates = candidates[unused]
        inverse = np.linalg.inv(self._information[group])
        x = regressors(self.space, candidates)
        # Sherman and Morrison: what one more row takes from trace(moments @ inverse).
        gains = np.einsum("np,pq,nq->n", x @ inverse, self._moments, x @ inverse)
        gains /= 1 + np.einsum("np,pq,nq->n", x, inverse, x)
        best = candidates[[int(np.argmax(gains))]]
        self._learn(group, best)
        return self._new(best[0])

    def _any_corner(self, group: tuple[int, int]) -> tuple[int, ...] | None:
        unused = [code for code in self._corners[group] if self._is_new(tuple(code.tolist()))]
        return self._new(unused[int(self._rng.integers(len(unused)))]) if unused else None

    def _new(self, code: Codes) -> tuple[int, ...] | None:
        drawn = tuple(int(gene) for gene in code)
        if not self._is_new(drawn):
            return None
        self._drawn.add(drawn)
        return drawn

    def _is_new(self, code: tuple[int, ...]) -> bool:
        return code not in self._drawn and code != self.reference

    def _learn(self, group: tuple[int, int], code: Codes) -> None:
        x = regressors(self.space, code)
        self._information[group] += x.T @ x
