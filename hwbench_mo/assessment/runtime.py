"""How soon runs reach targets of regret: empirical distributions of runtimes (Hansen et al., 2021)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.run_curves import TARGETS
from hwbench_mo.errors import unknown
from hwbench_mo.extras import needs

if TYPE_CHECKING:
    import pandas as pd

AXES = ("evaluations", "hours", "seconds")
Axis = Literal["evaluations", "hours", "seconds"]


def runtime_table(comparisons: Sequence[Comparison], /, *, axis: Axis = "evaluations") -> "pd.DataFrame":
    """The share of targets that each optimizer has reached by when, over all its runs and problems.

    Targets are 41 hypervolume regrets from 1 to 1e-4, evenly spaced on a logarithmic axis, the same on each problem. A
    run's runtime to a target is its evaluations (or its hours or seconds at the next checkpoint) when its regret is
    first at most the target; runs that do not reach it count as not having done so, however long: no restarts are
    simulated, unlike in COCO. All (run, target) pairs of a problem weigh as much as those of another, whatever the
    seeds.

    Returns
    -------
    DataFrame
        Columns: ``optimizer``; ``budget``, ascending values of ``axis``; ``share``, of targets that were reached by
        then; ``problems``, on how many it ran.
    """
    with needs("pandas"):
        import pandas as pd

    if axis not in AXES:
        raise unknown("axis", axis, AXES)
    reached: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for comparison in comparisons:
        for group in comparison.groups:
            times = []
            for run in group.runs:
                hits = run.runtimes
                if axis != "evaluations":
                    place = np.minimum(
                        np.searchsorted(run.evaluations, np.nan_to_num(hits, nan=1)), len(run.evaluations) - 1
                    )
                    hits = np.where(np.isnan(hits), np.nan, getattr(run, axis)[place])
                times.append(hits)
            flat = np.concatenate(times)
            reached.setdefault(group.label, []).append((flat, np.full(len(flat), 1 / len(flat))))
    rows = []
    for label, parts in reached.items():
        times_, weights = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
        known = ~np.isnan(times_)
        order = np.argsort(times_[known], kind="stable")
        budgets, starts = np.unique(times_[known][order], return_index=True)
        total = np.add.reduceat(weights[known][order], starts) if len(starts) else np.array([])
        shares = np.cumsum(total) / len(parts)
        rows.append(pd.DataFrame({"optimizer": label, "budget": budgets, "share": shares, "problems": len(parts)}))
    if not rows:
        return pd.DataFrame(columns=["optimizer", "budget", "share", "problems"])
    return pd.concat(rows, ignore_index=True)


def targets() -> list[float]:
    """The regrets that count as targets."""
    return [float(target) for target in TARGETS]
