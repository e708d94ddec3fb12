"""From measured sub-networks to a folder of measurements that `hwbench_mo.fitting` takes, with devices or without."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.files import replaced_file
from hwbench_mo.measurements import Measurements
from hwbench_mo.measurements.layout import ARCHITECTURES
from hwbench_mo.measurements.merge import add_measurements
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.supernet.measuring import Row


def as_measurements(space: SearchSpace, rows: Sequence[Row], protocol: Mapping[str, Any]) -> Measurements:
    """The rows as measurements of perplexity and accuracy. An accuracy of 0 is left out: it must be positive."""
    n = len(rows)
    accuracy = np.array([one.quality.accuracy for one in rows])
    return Measurements(
        space,
        np.arange(n),
        np.array([one.code for one in rows], dtype=np.int64),
        {
            "perplexity": np.exp([[one.quality.loss] for one in rows]),
            "accuracy": np.where(accuracy > 0, accuracy, np.nan)[:, None],
        },
        np.full(n, np.nan),
        protocols={ARCHITECTURES: dict(protocol)},
    )


def write(space: SearchSpace, rows: Sequence[Row], protocol: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write ``folder / space.name``, together with devices that it may hold, and standard errors as a CSV beside it."""
    add_measurements(as_measurements(space, rows, protocol), folder)
    path = folder / f"{space.name}-supernet.csv"
    with replaced_file(path) as scratch, scratch.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "loss", "loss_error", "perplexity", "perplexity_error", "accuracy", "accuracy_error"])
        for one in rows:
            quality = one.quality
            perplexity = float(np.exp(quality.loss))
            numbers = quality.loss, quality.loss_error, perplexity, perplexity * quality.loss_error
            cells = [f"{number:.8g}" for number in (*numbers, quality.accuracy, quality.accuracy_error)]
            writer.writerow([" ".join(map(str, one.code)), *cells])
    return [folder / space.name, path]
