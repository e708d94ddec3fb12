"""Local search: a random neighbour of a random member of the archive."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.pareto import Archive
from hwbench_mo.typing import Codes, Values
from optimizers.shared import ATTEMPTS, History, Library


class LocalSearch:
    """The local search of HW-GPT-Bench (Sukthanker et al., 2024), which starts at one random architecture.

    Differs from the published code, which draws from the global generator and drops both copies of equal points from
    the archive; and in that no architecture is proposed twice.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of the draws.
    """

    library: ClassVar[Library | None] = None
    paper: ClassVar[str] = "Sukthanker et al., 2024"
    kind: ClassVar[str] = "baseline"
    batch_size: ClassVar[int] = 1

    def __init__(self, problem: Problem, *, seed: int) -> None:
        self._space = problem.space
        self._rng = np.random.default_rng(seed)
        self._history = History()
        self._archive = Archive(len(problem.objectives))
        self._told: list[Codes] = []

    def ask(self, n: int, /) -> Codes:
        proposals = [self._history.first_new(self._draws()) for _ in range(n)]
        return np.concatenate([self._space.sample(0, self._rng), *proposals])

    def _draws(self) -> Iterator[Codes]:
        """Neighbours of random members of the archive, ``[1, d]`` each, and after that random architectures."""
        for attempt in range(2 * ATTEMPTS):
            if len(self._archive) and attempt < ATTEMPTS and self._space.size > 1:
                member = self._told[self._archive.rows[self._rng.integers(len(self._archive))]]
                yield self._space.random_neighbours(member[None], self._rng)
            else:
                yield self._space.sample(1, self._rng)

    def tell(self, codes: Codes, values: Values, /) -> None:
        self._told.extend(codes)
        for point in values:
            self._archive.add(point)
