"""Local search: a random neighbour of a random member of the archive."""

from typing import ClassVar

import numpy as np

from hwbench_mo import Problem
from hwbench_mo.pareto.archive import Archive
from hwbench_mo.typing import Codes, Values
from optimizers.shared.history import History

ROUNDS = 100
"""Neighbours that were proposed already, in a row, after which a random architecture is proposed instead."""


class LocalSearch:
    """The local search of HW-GPT-Bench (Sukthanker et al., 2024), which starts at one random architecture.

    Differs from the published code in its two defects (draws from the global generator; a filter that drops both
    copies of equal points from the archive), and in that no architecture is proposed twice.

    Parameters
    ----------
    problem
        What is searched.
    seed
        Of the draws.
    """

    kind: ClassVar[str] = "baseline"
    proposes: ClassVar[str] = "any number"

    def __init__(self, problem: Problem, *, seed: int) -> None:
        self._space = problem.space
        self._rng = np.random.default_rng(seed)
        self._proposed = History()
        self._archive = Archive(len(problem.objectives))
        self._told: list[Codes] = []

    def ask(self, n: int, /) -> Codes:
        proposals = [self._propose() for _ in range(n)]
        return np.concatenate([self._space.sample(0, self._rng), *proposals])

    def _propose(self) -> Codes:
        """One new code ``[1, d]``; none ``[0, d]`` where the space is exhausted."""
        for attempt in range(2 * ROUNDS):
            if len(self._archive) and attempt < ROUNDS and self._space.size > 1:
                member = self._told[self._archive.rows[self._rng.integers(len(self._archive))]]
                drawn = self._space.random_neighbours(member[None], self._rng)
            else:
                drawn = self._space.sample(1, self._rng)
            proposal = self._proposed.add_new(drawn)
            if len(proposal):
                break
        return proposal

    def tell(self, codes: Codes, values: Values, /) -> None:
        self._told.extend(codes)
        for point in values:
            self._archive.add(point)
