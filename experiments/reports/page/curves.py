"""The curves of indicators, as a page draws them: medians and quartiles over seeds at checkpoints."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hwbench_mo.assessment.checkpoints import at_checkpoint
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.typing import Floats, Ints

MOST_NUMBERS = 450_000
"""Of all curves together; each takes about 3 bytes of the page."""
FEWEST_CHECKPOINTS = 24
"""Of a curve. Before there are fewer, quartiles and indicators go."""
QUARTILES = (0.25, 0.5, 0.75)


class CurveDetail:
    """How much of the curves fits into the page: everything, medians alone beside the regret, or the regret alone.

    >>> CurveDetail(["regret", "r2"], n_groups=10, longest=63).note
    ''
    >>> CurveDetail(["regret", "r2"], n_groups=4000, longest=63).note
    'curves show regret alone, at 18 of 63 checkpoints'
    """

    def __init__(self, indicators: Sequence[str], *, n_groups: int, longest: int) -> None:
        own = MOST_NUMBERS / max(n_groups, 1)
        levels = [
            (tuple(indicators), True, 3 * len(indicators) + 3),
            (tuple(indicators), False, len(indicators) + 5),
            (("regret",), False, 6),
        ]
        for self.indicators, self.quartiles, numbers in levels:
            self.checkpoints = min(max(int(own / numbers), 4), longest)
            if self.checkpoints >= min(FEWEST_CHECKPOINTS, longest):
                break
        said = []
        if self.indicators != tuple(indicators):
            said.append("curves show regret alone")
        elif not self.quartiles:
            said.append("curves show quartiles of the regret alone")
        if self.checkpoints < longest:
            said.append(f"{'at' if said else 'curves are shown at'} {self.checkpoints} of {longest} checkpoints")
        self.note = ", ".join(said)


def curve_data(group: Group, comparison: Comparison, detail: CurveDetail) -> dict[str, Any]:
    """The curves of a group: by indicator three lists, the quartiles, or one, the median."""
    places = _thinned(group.evaluations, comparison.budget, detail.checkpoints)
    found: dict[str, Any] = {"evaluations": group.evaluations[places].tolist()}
    for axis in ("hours", "seconds"):
        median = _medians(group, axis, places)
        if not np.isnan(median).all():
            found[axis] = digits(median)
    for name in detail.indicators:
        curves = group.curves(name)[:, places]
        wanted = QUARTILES if detail.quartiles or name == "regret" else (0.5,)
        found[name] = [digits(curve) for curve in np.quantile(curves, wanted, axis=0)]
    return found


def digits(values: Floats, n: int = 4) -> list[float | None]:
    """Numbers of so many significant digits, which is all that a picture shows; nothing where there is none.

    >>> digits(np.array([0.123456, 100.0, np.nan]))
    [0.1235, 100.0, None]
    """
    return [float(f"{value:.{n}g}") if np.isfinite(value) else None for value in np.asarray(values).tolist()]


def _medians(group: Group, axis: str, places: Ints) -> Floats:
    """``[k]``; of the hours or seconds until each checkpoint; of a run that ended before, until its end."""
    wanted = group.evaluations[places]
    rows = []
    for run in group.runs:
        at = np.maximum(np.searchsorted(run.evaluations, wanted, side="right") - 1, 0)
        rows.append(getattr(run, axis)[at])
    known = np.stack(rows)
    found: Floats = np.median(known, axis=0)  # NaN where a run does not say
    return found


def _thinned(evaluations: Ints, budget: int, most: int) -> Ints:
    """Places of at most so many checkpoints, evenly on a logarithmic axis; the last and the budget among them."""
    if len(evaluations) <= most:
        return np.arange(len(evaluations))
    kept = {len(evaluations) - 1, at_checkpoint(evaluations, budget)}
    for wanted in np.geomspace(1, evaluations[-1], most):
        if len(kept) < most:
            kept.add(at_checkpoint(evaluations, round(float(wanted))))
    return np.array(sorted(kept))
