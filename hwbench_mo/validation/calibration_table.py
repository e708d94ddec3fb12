"""Tables of calibration, which mark the deviations that are more than chance."""

from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.validation.calibration import calibration_is_off, coverage_is_off
from hwbench_mo.validation.grid import grid
from hwbench_mo.validation.scores import CENTRAL
from hwbench_mo.validation.table import scores_by_target

if TYPE_CHECKING:
    import pandas as pd

OFF = " *"
"""The mark of a deviation that is more than chance."""
LEGEND = """Calibration marked with `*` is off by more than chance. A calibration error is marked if it exceeds the 95 %
quantile of the errors that an exactly calibrated method has on as many architectures; coverage is marked if its level
is outside its 95 % interval. One in twenty exactly calibrated targets is marked. Intervals are by bootstrap over
architectures. *By chance*: the mean calibration error of an exactly calibrated method."""


def has_sampling_error(scores: "pd.Series") -> bool:
    """Not where scores were written before sampling errors were estimated."""
    return bool(np.isfinite(scores.get("calibration_limit", np.nan)))


def calibration_cells(scores: "pd.Series") -> list[str]:
    """Calibration error and coverage of `CENTRAL` intervals, marked where their sampling error is known."""
    cells = [f"{scores['calibration']:.4f}", *(f"{scores[f'coverage_{name}']:.3f}" for name in CENTRAL)]
    if has_sampling_error(scores):
        off = [calibration_is_off(scores), *(coverage_is_off(scores, name) for name in CENTRAL)]
        cells = [cell + OFF * one for cell, one in zip(cells, off, strict=True)]
    return cells


def calibration_table(table: "pd.DataFrame", space: str, split: str) -> str:
    """The surrogates' calibration, target by target, with intervals, in Markdown; targets without them are left out."""
    rows = []
    for one in scores_by_target(table, space, split):
        if not has_sampling_error(one.ours):
            continue
        error, *coverage = calibration_cells(one.ours)
        row = [one.target, error, _interval(one.ours, "calibration", 4), f"{one.ours['calibration_chance']:.4f}"]
        for name, cell in zip(CENTRAL, coverage, strict=True):
            row += [cell, _interval(one.ours, f"coverage_{name}", 3)]
        rows.append(row)
    head = ["target", "calibration error", "95 % interval", "by chance"]
    for name in CENTRAL:
        head += [f"{name} %", "95 % interval"]
    return grid(head, rows, left=1)


def _interval(scores: "pd.Series", name: str, digits: int) -> str:
    return f"{scores[f'{name}_low']:.{digits}f}–{scores[f'{name}_high']:.{digits}f}"
