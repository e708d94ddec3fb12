"""Which architectures were proposed already, and drawing until one is new."""

from collections.abc import Iterable

import numpy as np

from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes

ATTEMPTS = 100
"""Draws in a row, none of which is new, before another way of drawing is tried or the space counts as exhausted."""
DRAWS = 1000
"""Random architectures, drawn at once, none of which is new, after which a space counts as exhausted."""


class History:
    """A set of canonical codes.

    >>> history, codes = History(), np.array([[0, 1], [0, 1], [1, 1]])
    >>> history.add_new(codes)
    array([[0, 1],
           [1, 1]])
    >>> len(history.add_new(codes)), len(history)
    (0, 2)
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add_new(self, codes: Codes) -> Codes:
        """Add ``codes`` ``[n, d]``, and return those that were new, each once and in order."""
        return self.first_new([codes], len(codes))

    def first_new(self, batches: Iterable[Codes], n: int = 1) -> Codes:
        """Add the first ``n`` codes that are new, and return them; fewer if all batches together have fewer.

        Batches ``[k, d]`` are drawn one after another, and none once there are ``n`` codes: a generator of them draws
        no more random numbers than are needed. There must be at least one batch.

        >>> def draws():
        ...     for code in ([0, 0], [0, 0], [1, 0]):
        ...         print("drawn", code)
        ...         yield np.array([code])
        >>> history = History()
        >>> history.first_new(draws())
        drawn [0, 0]
        array([[0, 0]])
        >>> history.first_new(draws())
        drawn [0, 0]
        drawn [0, 0]
        drawn [1, 0]
        array([[1, 0]])
        """
        found = []
        for codes in batches:
            rows: list[int] = []
            for row, code in enumerate(codes):
                if len(rows) == n:
                    break
                key = code.tobytes()
                if key not in self._seen:
                    self._seen.add(key)
                    rows.append(row)
            if rows:
                found.append(codes[rows])
            n -= len(rows)
            if n == 0:
                break
        return np.concatenate(found) if found else codes[:0]

    def draw(self, space: Space, n: int, rng: np.random.Generator) -> Codes:
        """Add and return ``n`` new random architectures; fewer where new ones are hard to find."""
        n_seen = len(self) + n
        return self.first_new((space.sample(n_seen - len(self), rng) for _ in range(1 + ATTEMPTS)), n)

    def unseen(self, codes: Codes) -> Codes:
        """The codes that are new, without adding them; of equal ones the last."""
        rows = {key: row for row, code in enumerate(codes) if (key := code.tobytes()) not in self._seen}
        return codes[sorted(rows.values())]
