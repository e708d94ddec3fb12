"""Random numbers for Syne Tune, which draws from numpy's global generator whatever seed it was given."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


class Stream:
    """numpy's global generator as Syne Tune draws from it, whatever seed it was given: lent a state of our own."""

    def __init__(self, seed: int) -> None:
        self._own = np.random.RandomState(seed_of(seed)).get_state()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Draws within come from this stream; the state of before is restored."""
        outer = np.random.get_state()  # noqa: NPY002
        np.random.set_state(self._own)  # noqa: NPY002
        try:
            yield
        finally:
            self._own = np.random.get_state()  # noqa: NPY002
            np.random.set_state(outer)  # noqa: NPY002


def seed_of(seed: int) -> int:
    """A seed of 32 bits, the most that Syne Tune takes."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])
