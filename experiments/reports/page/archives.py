"""What runs found along the way, with the architectures: what no comparison keeps, and a page shows."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo import Trajectory
from hwbench_mo.assessment.checkpoints import checkpoints
from hwbench_mo.assessment.distinct import identity_of
from hwbench_mo.assessment.settings import multiple_of
from hwbench_mo.pareto.dominance import nondominated
from hwbench_mo.typing import Codes, Ints, Values


@dataclass(frozen=True, eq=False)
class Archive:
    """The evaluations of a run that are non-dominated at one of its checkpoints; the front at each is of these."""

    evaluations: Ints
    """``[e]``, ascending; the first checkpoint at which each was there."""
    values: Values
    """``[e, m]``; noise-free."""
    codes: Codes
    """``[e, d]``"""
    checkpoints: Ints
    """``[k]``, ascending; those of the run."""

    def at_every(self, step: int) -> "Archive":
        """What is non-dominated at the last checkpoint, or at one that is a multiple of ``step`` before it."""
        ends = self.checkpoints[::-1][::step][::-1]
        block = np.searchsorted(ends, self.evaluations)
        rows = _seen(self.values, block)
        return Archive(ends[block[rows]], self.values[rows], self.codes[rows], ends)


def _seen(values: Values, block: Ints) -> Ints:
    """Rows that are non-dominated at the checkpoint where they would first be seen: with it as one more objective."""
    return np.flatnonzero(nondominated(np.column_stack([values, block])))


class Archives:
    """Collects the archive of each run that it is shown, by the run's identity."""

    def __init__(self) -> None:
        self._found: dict[str, Archive] = {}
        self._thinned: dict[tuple[str, int], Archive] = {}

    def look(self, run: Trajectory) -> None:
        """Keep what the run found that is feasible; of values that no comparison takes, nothing."""
        if not len(run) or not np.isfinite(run.centre).all():
            return
        feasible = np.flatnonzero(run.feasible)
        counted = np.arange(len(run)) // multiple_of(run.config) + 1
        ends = checkpoints(int(counted[-1]))
        block = np.searchsorted(ends, counted)
        rows = feasible[_seen(run.centre[feasible], block[feasible])]
        codes = run.codes[rows]
        small = np.int8 if codes.size and codes.min() >= 0 and codes.max() < 128 else np.int64
        self._found[identity_of(run)] = Archive(ends[block[rows]], run.centre[rows], codes.astype(small), ends)

    def of(self, identity: str, *, step: int = 1) -> Archive | None:
        """The archive of a run, of every so many checkpoints."""
        found = self._found.get(identity)
        if found is None or step == 1:
            return found
        if (identity, step) not in self._thinned:
            self._thinned[identity, step] = found.at_every(step)
        return self._thinned[identity, step]
