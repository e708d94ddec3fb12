"""The loss curve of a training: a CSV file, a row a step, which a resumed training goes on with."""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from hwbench_mo.files import replaced_file

NAME = "curve.csv"
COLUMNS = (
    "step",
    "tokens",
    "seconds",
    "learning_rate",
    "loss_largest",
    "loss_smallest",
    "loss_random",
    "gradient_norm",
    "validation_largest",
    "validation_smallest",
    "validation_random",
)
"""``tokens`` are those that each sub-network of a step saw, ``seconds`` of training, over all calls."""


class Curve:
    """Appends rows; rows after ``step``, which a killed call left, are dropped first."""

    def __init__(self, folder: Path, step: int) -> None:
        self.path = folder / NAME
        self.seconds = 0.0
        kept = []
        if self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                kept = [row for row in csv.DictReader(file) if _is_whole(row) and int(row["step"]) <= step]
        with replaced_file(self.path) as scratch, scratch.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
        if kept:
            self.seconds = float(kept[-1]["seconds"])

    def add(self, row: Mapping[str, float]) -> None:
        """Append a row; values that there are none of are left empty."""
        cells = [row.get(name, math.nan) for name in COLUMNS]
        line = ",".join(
            "" if math.isnan(cell) else f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in cells
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _is_whole(row: Mapping[str, str | None]) -> bool:
    return all(row.get(name) is not None for name in COLUMNS) and str(row["step"]).isdigit()
