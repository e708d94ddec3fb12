"""A front that grows while points come in."""

from typing import NamedTuple

import numpy as np

from hwbench_mo.pareto import nondominated
from hwbench_mo.typing import Floats, Ints

GUARDS = 64
"""Points of the front at most that new ones of three objectives or more are compared with before all are."""


class Growing(NamedTuple):
    """Non-dominated sums so far, ascending in the first, and where each was found."""

    sums: Floats
    where: Ints
    """``[n, 3]``; block, and two places there."""

    @staticmethod
    def of(m: int) -> "Growing":
        """Nothing yet, of m objectives."""
        return Growing(np.zeros((0, m)), np.zeros((0, 3), dtype=np.int64))

    def may_improve(self, sums: Floats) -> Ints:
        """Which rows of ``sums`` ``[n, m]`` the front does not dominate; of three columns or more, a few too many."""
        if not len(self.sums):
            return np.arange(len(sums))
        if sums.shape[1] == 1:
            return np.flatnonzero(sums[:, 0] < self.sums[0, 0])
        if sums.shape[1] == 2:
            place = np.searchsorted(self.sums[:, 0], sums[:, 0], side="right")
            bound = np.concatenate([[np.inf], self.sums[:, 1]])
            return np.flatnonzero(sums[:, 1] < bound[place])
        kept = np.arange(len(sums))
        for guard in self.sums[:: -(-len(self.sums) // GUARDS)]:
            kept = kept[(sums[kept] < guard).any(axis=1)]
        return kept

    def with_(self, sums: Floats, where: Ints) -> "Growing":
        """With more points ``[n, m]``."""
        every, places = np.concatenate([self.sums, sums]), np.concatenate([self.where, where])
        kept = np.flatnonzero(nondominated(every))
        kept = kept[np.argsort(every[kept, 0], kind="stable")]
        return Growing(every[kept], places[kept])
