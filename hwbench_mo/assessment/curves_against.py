"""The runs of an optimizer on one axis: evaluations, simulated hours, or seconds of the optimizer itself."""

import numpy as np

from hwbench_mo.assessment.comparison import Group
from hwbench_mo.assessment.runtime import AXES, Axis
from hwbench_mo.errors import unknown
from hwbench_mo.typing import Floats

PLACES = 200
"""Places on an axis of time, on which runs have no checkpoints in common."""


def curves_against(group: Group, axis: Axis = "evaluations", /, *, indicator: str = "regret") -> tuple[Floats, Floats]:
    """Places ``[k]`` on the axis, ascending, and the indicator of each run there, ``[runs, k]``.

    Evaluations: at the checkpoints of all runs. Hours or seconds: at places evenly spaced on a logarithmic axis, from
    when each run has reached its first checkpoint to the end of the last run; each run has its value at its last
    checkpoint until then. A run that has ended goes on at its last value. Runs of which no seconds were recorded are
    left out: of none, both arrays are empty.

    Raises
    ------
    InputError
        If the axis is unknown.
    """
    if axis not in AXES:
        raise unknown("axis", axis, AXES)
    if axis == "evaluations":
        return group.evaluations.astype(np.float64), group.curves(indicator)
    timed = [(run, times) for run in group.runs if not np.isnan(times := getattr(run, axis)).any()]
    if not timed:
        return np.empty(0), np.empty((0, 0))
    begin, end = max(times[0] for _, times in timed), max(times[-1] for _, times in timed)
    if not 0 < begin < end:
        places = np.array([max(begin, end)], dtype=np.float64)
    else:
        places = np.geomspace(begin, end, PLACES)
        places[[0, -1]] = begin, end  # rounding must not put them before the checkpoint
    curves = [
        run.indicators[indicator][np.maximum(np.searchsorted(times, places, side="right") - 1, 0)]
        for run, times in timed
    ]
    return places, np.stack(curves)
