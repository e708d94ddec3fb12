"""Proposals and costs whose schedules can be worked out by hand."""

from typing import Any

import numpy as np

from hwbench_mo import CostModel, Problem
from hwbench_mo.simulation import Durations
from hwbench_mo.simulation.cost import places_of
from hwbench_mo.typing import Codes, Ints, Values
from tests.support.spaces import SMALL


class Listed:
    """Proposes given codes in order, in generations of ``generation`` if it is given; keeps what it was told."""

    def __init__(self, codes: Codes, *, generation: int | None = None) -> None:
        self.codes, self.generation = codes, generation
        if generation is not None:
            self.batch_size = generation
        self.asked: list[int] = []
        self.told: list[tuple[Codes, Values]] = []

    def ask(self, n: int, /) -> Codes:
        self.asked.append(n)
        start = sum(len(codes) for codes, _ in self.told) if self.generation else self.proposed
        if self.generation and start < self.proposed:
            return self.codes[:0]
        asked = self.codes[self.proposed : self.proposed + n]
        self._proposed = self.proposed + len(asked)
        return asked

    @property
    def proposed(self) -> int:
        return getattr(self, "_proposed", 0)

    def tell(self, codes: Codes, values: Values, /) -> None:
        self.told.append((codes, values))


class Seconds(CostModel):
    """A cost of given seconds, by embed_dim's index and n_layer's: 1, 2 (deeper), 3, 4."""

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        seconds = np.asarray(1 + 2 * codes[:, [0]] + codes[:, [1]], dtype=np.float64)
        return Durations(seconds, 0.0, ((0,),), decoupled=False)


def jobs_of(seconds: list[int]) -> Codes:
    """Distinct codes that take so many seconds by `Seconds`."""
    codes = np.zeros((len(seconds), SMALL.n_genes), dtype=np.int64)
    codes[:, 0], codes[:, 1] = np.divmod(np.array(seconds) - 1, 2)
    for row in range(len(seconds)):
        codes[row, [2, SMALL.mlp_genes.start, SMALL.head_genes.start]] = row % 2, row // 2 % 2, row // 4 % 3
    return codes


class Fixed(CostModel):
    """Each repeat takes 1 second on the supernet, 1 + embed_dim's index on a device, and 3 on the other if there is."""

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        return ()

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        more = np.maximum(np.subtract(repeats, done), 0)
        n_places = 3 if len(problem.objectives) == 4 else 2
        each = np.stack([np.full(len(codes), 3.0), 1.0 + codes[:, 0], np.ones(len(codes))][-n_places:], axis=1)
        places = places_of(problem.objectives)[1]
        return Durations((each.T * more).T, self.setup * np.equal(done, 0), places, self.decoupled)


class Scripted:
    """Proposes rows one by one, ``at_once`` a time; keeps what it was told, with how often it had been asked."""

    def __init__(self, codes: Codes, *, at_once: int = 1) -> None:
        self.codes, self.batch_size, self.n = codes, at_once, 0
        self.log: list[tuple[str, list[int], Values]] = []

    def ask(self, n: int, /) -> Codes:
        asked = self.codes[self.n : self.n + min(n, self.batch_size)]
        self.n += len(asked)
        return asked

    def tell(self, codes: Codes, values: Values, /) -> None:
        self.log.append(("whole", self.rows(codes), values))

    def rows(self, codes: Codes) -> list[int]:
        return [int(np.flatnonzero((self.codes == code).all(axis=1))[0]) for code in codes]


class Repeating(Scripted):
    """Says how many repeats each proposal has."""

    def __init__(self, codes: Codes, counts: Any, **settings: Any) -> None:
        super().__init__(codes, **settings)
        self.counts, self.n_said = counts, 0

    def repeats(self, codes: Codes, /) -> Ints:
        assert not codes.flags.writeable
        said = self.counts[self.n_said : self.n_said + len(codes)]
        self.n_said += len(codes)
        return np.asarray(said)


class Listening(Scripted):
    """Is told parts."""

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        assert not codes.flags.writeable
        assert not values.flags.writeable
        self.log.append(("part", self.rows(codes), values))


class Widths(CostModel):
    """Seconds by the index of embed_dim: 1 or 4."""

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        return ()

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        return Durations(np.where(codes[:, [0]] == 1, 4.0, 1.0), 0.0, ((0,),), decoupled=False)


def architectures(widths: list[int]) -> Codes:
    """Distinct codes of these indices of embed_dim."""
    codes = np.zeros((len(widths), SMALL.n_genes), dtype=np.int64)
    codes[:, 0] = widths
    for row in range(len(widths)):
        codes[row, [2, SMALL.mlp_genes.start, SMALL.head_genes.start]] = row % 2, row // 2 % 2, row // 4 % 3
    return codes
