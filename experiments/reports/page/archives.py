"""What runs found along the way, with the architectures: what no comparison keeps, and a page shows."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo import Trajectory
from hwbench_mo.assessment.distinct import identity_of
from hwbench_mo.assessment.settings import multiple_of
from hwbench_mo.pareto.dominance import improvements
from hwbench_mo.typing import Codes, Ints, Values


@dataclass(frozen=True, eq=False)
class Archive:
    """The evaluations of a run that were non-dominated when they came; the front at any time is of these."""

    evaluations: Ints
    """``[e]``, ascending; where several evaluations count as one, so counted."""
    values: Values
    """``[e, m]``; noise-free."""
    codes: Codes
    """``[e, d]``"""


class Archives:
    """Collects the archive of each run that it is shown, by the run's identity."""

    def __init__(self) -> None:
        self._found: dict[str, Archive] = {}

    def look(self, run: Trajectory) -> None:
        """Keep what the run found; of values that no comparison takes, nothing."""
        if not len(run) or not np.isfinite(run.centre).all():
            return
        rows = np.flatnonzero(improvements(run.centre))
        evaluations = rows // multiple_of(run.config) + 1
        codes = run.codes[rows]
        small = np.int8 if codes.size and codes.min() >= 0 and codes.max() < 128 else np.int64
        self._found[identity_of(run)] = Archive(evaluations, run.centre[rows], codes.astype(small))

    def of(self, identity: str) -> Archive | None:
        """The archive of a run."""
        return self._found.get(identity)
