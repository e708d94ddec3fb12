"""A table of one screen: how good the surrogates are, by space and kind of target."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.targets import CPUS, GPUS, MEMORY, PER_DEVICE, Target
from hwbench_mo.validation.folds import CORNERS
from hwbench_mo.validation.grid import grid, percent
from hwbench_mo.validation.table import TargetScores, scores_by_target

if TYPE_CHECKING:
    import pandas as pd

HEAD = ("space", "target", "relative error", "τ within", "CRPS to the best baseline's", "90 % intervals hold")
ORDER = ("perplexity", "accuracy", *(f"{metric}, {where}" for metric in PER_DEVICE for where in ("GPUs", "CPUs")))


def kind_of(target: str) -> str:
    """The row of a target.

    >>> kind_of("latency@a100"), kind_of("energy@epyc_7513"), kind_of("memory_float16"), kind_of("accuracy")
    ('latency, GPUs', 'energy, CPUs', 'memory', 'accuracy')
    """
    parsed = Target.parse(target)
    if parsed.metric in MEMORY:
        return "memory"
    if parsed.device is None:
        return parsed.metric
    where = "GPUs" if parsed.device in GPUS else "CPUs" if parsed.device in CPUS else "other devices"
    return f"{parsed.metric}, {where}"


def overview(table: "pd.DataFrame", split: str) -> str:
    """Medians over the targets of each kind, in Markdown; those of the corners follow in brackets, if there are any."""
    rows = []
    for space in dict.fromkeys(table["space"]):
        main, corners = (_by_kind(table, space, one) for one in (split, CORNERS))
        kinds = sorted(main, key=lambda kind: (ORDER.index(kind) if kind in ORDER else len(ORDER), kind))
        for kind in kinds:
            cells = _cells(main[kind])
            if kind in corners:
                cells = [f"{one} ({other})" for one, other in zip(cells, _cells(corners[kind]), strict=True)]
            n = len(main[kind])
            rows.append([space, kind if n == 1 else f"{kind} ({n})", *cells])
    return grid(HEAD, rows, left=2)


def _by_kind(table: "pd.DataFrame", space: str, split: str) -> dict[str, list[TargetScores]]:
    found: dict[str, list[TargetScores]] = {}
    for one in _scores(table, space, split):
        found.setdefault(kind_of(one.target), []).append(one)
    return found


def _scores(table: "pd.DataFrame", space: str, split: str) -> Iterator[TargetScores]:
    if ((table["space"] == space) & (table["split"] == split)).any():
        yield from scores_by_target(table, space, split)


def _cells(scores: list[TargetScores]) -> list[str]:
    def middle(name: str) -> float:
        return float(np.median([one.ours[name] for one in scores]))

    gain = float(np.median([one.gain for one in scores]))
    return [
        percent(middle("relative_error"), 2),
        f"{middle('tau_within'):.3f}",
        "–" if np.isnan(gain) else percent(gain, 0, sign=True),
        percent(middle("coverage_90"), 0),
    ]
