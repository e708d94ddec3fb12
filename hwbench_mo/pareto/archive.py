"""The unbounded archive: every point that no other seen so far dominates."""

import numpy as np

from hwbench_mo.pareto.dominance import at_least_as_bad, at_least_as_good
from hwbench_mo.typing import Floats, Ints, Values


class Archive:
    """Non-dominated points (minimised) in the order in which they came; of equal points, the first.

    Examples
    --------
    >>> archive = Archive(2)
    >>> [archive.add(np.array(point)) for point in ([2.0, 2.0], [2.0, 2.0], [3.0, 1.0], [1.0, 1.0])]
    [True, False, True, True]
    >>> archive.values, archive.rows
    (array([[1., 1.]]), array([3]))
    """

    def __init__(self, n_objectives: int) -> None:
        self._values = np.empty((16, n_objectives))
        self._rows = np.empty(16, dtype=np.int64)
        self._size = 0
        self._n_added = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> Values:
        """``[k, m]``; the points."""
        return self._values[: self._size]

    @property
    def rows(self) -> Ints:
        """``[k]``; which call of `add` each came with, from 0."""
        return self._rows[: self._size]

    def add(self, point: Floats) -> bool:
        """Whether ``point`` ``[m]`` is kept; if so, what it dominates is dropped."""
        self._n_added += 1
        members = self.values
        if at_least_as_good(members, point).any():
            return False
        survivors = ~at_least_as_bad(members, point)
        if not survivors.all():
            size = int(survivors.sum())
            self._values[:size] = members[survivors]
            self._rows[:size] = self.rows[survivors]
            self._size = size
        if self._size == len(self._rows):
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._values[self._size] = point
        self._rows[self._size] = self._n_added - 1
        self._size += 1
        return True
