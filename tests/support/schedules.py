"""Proposals and costs whose schedules can be worked out by hand."""

import numpy as np

from hwbench_mo import CostModel, Problem
from hwbench_mo.simulation import Durations
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
        return Durations(seconds, 0.0, (0,), decoupled=False)


def jobs_of(seconds: list[int]) -> Codes:
    """Distinct codes that take so many seconds by `Seconds`."""
    codes = np.zeros((len(seconds), SMALL.n_genes), dtype=np.int64)
    codes[:, 0], codes[:, 1] = np.divmod(np.array(seconds) - 1, 2)
    for row in range(len(seconds)):
        codes[row, [2, SMALL.mlp_genes.start, SMALL.head_genes.start]] = row % 2, row // 2 % 2, row // 4 % 3
    return codes
