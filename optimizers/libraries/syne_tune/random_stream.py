"""Random numbers for Syne Tune, which draws from numpy's global generator whatever seed it is given."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


class RandomStream:
    """A seeded state that numpy's global generator takes on while Syne Tune draws from it.

    >>> stream, draws = RandomStream(0), []
    >>> for _ in range(2):
    ...     with stream.as_global():
    ...         draws.append(np.random.random())
    >>> with RandomStream(0).as_global():
    ...     draws == np.random.random(2).tolist()
    True
    """

    def __init__(self, seed: int) -> None:
        self._state = np.random.RandomState(seed_of(seed)).get_state()

    @contextmanager
    def as_global(self) -> Iterator[None]:
        """Global draws within the block continue this stream; afterwards the global state is restored."""
        outer = np.random.get_state()  # noqa: NPY002
        np.random.set_state(self._state)  # noqa: NPY002
        try:
            yield
        finally:
            self._state = np.random.get_state()  # noqa: NPY002
            np.random.set_state(outer)  # noqa: NPY002


def seed_of(seed: int) -> int:
    """A seed of 32 bits, the most that Syne Tune takes.

    >>> seed_of(2**40) < 2**32
    True
    """
    return int(np.random.SeedSequence(seed).generate_state(1)[0])
