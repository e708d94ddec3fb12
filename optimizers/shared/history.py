"""Which architectures were proposed already."""

import numpy as np

from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes

ROUNDS = 100
"""Draws without a new architecture after which a space counts as exhausted."""


class History:
    """A set of codes.

    >>> import numpy as np
    >>> history, codes = History(), np.array([[0, 1], [0, 1], [1, 1]])
    >>> history.add_new(codes)
    array([[0, 1],
           [1, 1]])
    >>> len(history.add_new(codes))
    0
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add_new(self, codes: Codes) -> Codes:
        """Those rows of canonical ``codes`` that were not seen before, without repetitions, in order."""
        new = []
        for row, code in enumerate(codes):
            key = code.tobytes()
            if key not in self._seen:
                self._seen.add(key)
                new.append(row)
        return codes[new]

    def draw(self, space: Space, n: int, rng: np.random.Generator) -> Codes:
        """Up to ``n`` random architectures that were not seen before; fewer where they are hard to find."""
        found = self.add_new(space.sample(n, rng))
        for _ in range(ROUNDS):
            if len(found) == n:
                break
            found = np.concatenate([found, self.add_new(space.sample(n - len(found), rng))])
        return found

    def first_new(self, codes: Codes) -> Codes:
        """The first of the rows that was not seen before, ``[1, d]``, and no other; none ``[0, d]`` if all were."""
        for row in range(len(codes)):
            found = self.add_new(codes[row : row + 1])
            if len(found):
                return found
        return codes[:0]
