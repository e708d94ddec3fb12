"""How far to trust a recommendation, in words, with figures of the validation."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.recommendation.metrics import MetricFacts
from hwbench_mo.targets import CLOSED_FORM, GPUS, MEMORY, PUBLISHED, Target

FILE = "corner_scores.csv"
"""In the folder of the artifacts; ``python -m studies.corner_scores`` makes it of ``docs/surrogate_scores.csv``."""
AMID = 0.05
"""From this support on, an architecture has measured ones around it, and the scores on random ones hold."""


class Corner(NamedTuple):
    """The outer tenth of each width, predicted from the inner nine tenths."""

    relative_error: float
    """Median over the architectures."""
    coverage_90: float
    """Share of the measured values in the 90 % intervals."""


@lru_cache(maxsize=1)
def corners() -> Mapping[tuple[str, str], Corner]:
    """By space and target."""
    text = resources.files("hwbench_mo").joinpath("artifacts", FILE).read_text(encoding="utf-8")
    return {
        (row["space"], row["target"]): Corner(float(row["relative_error"]), float(row["coverage_90"]))
        for row in csv.DictReader(text.splitlines())
    }


def trust_in(space: str, metrics: Mapping[str, MetricFacts], *, measured: bool) -> tuple[str, ...]:
    """Sentences about the metrics that were asked for, in their order.

    Parameters
    ----------
    space
        Its name; corners were scored in the spaces that ship.
    measured
        Whether measured rows answer themselves.
    """
    if measured:
        return ("Measured itself: values are the readings of this architecture.",)
    told = []
    for name, metric in metrics.items():
        if name in CLOSED_FORM or name in DECLARED:
            continue
        told.append(f"{_place(name, metric)} {_corner(space, name)}".strip())
        told += [caveat] if (caveat := _caveat(name)) else []
    return tuple(dict.fromkeys(told))


def _place(name: str, metric: MetricFacts) -> str:
    if metric.support != metric.support:
        return f"{name}: nothing is known of how near measured architectures are."
    if metric.support == 0:
        return f"{name}: beyond what was measured; its tables alone vouch for it (support 0)."
    if metric.support < AMID:
        return f"{name}: at the rim of what was measured (support {100 * metric.support:.1f} %)."
    return f"{name}: amid what was measured (support {100 * metric.support:.0f} %)."


def _corner(space: str, name: str) -> str:
    if (space, name) not in corners():
        return "How far its corners are off was not scored."
    corner = corners()[space, name]
    return (
        f"Corners, predicted from the middle, were off by {100 * corner.relative_error:.2g} % at the median, and 90 % "
        f"intervals held {100 * corner.coverage_90:.0f} % of them."
    )


def _caveat(name: str) -> str:
    target = Target.parse(name)
    if target.metric == "energy" and target.device in GPUS and target.device in PUBLISHED:
        return f"{name}: a reading of nvidia-smi, which lags the pass: it ranks, and is not what a pass costs."
    if name in MEMORY:
        return f"{name}: what stays allocated after a pass, not the peak during it."
    return ""
