"""What several tests of validation need."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from hwbench_mo.benchmark import Benchmark
from hwbench_mo.measurements import Measurements
from hwbench_mo.validation.judge import Options
from tests.support.measured import random_models

TARGETS = ("perplexity", "latency@a100", "energy@epyc_7513")


def options_of(out: Path, **changes: Any) -> Options:
    """Three targets, two folds and one baseline, to be quick."""
    options = Options(out=out, targets=TARGETS, folds=2, corners=False, baselines=["trees"])
    return replace(options, **changes)


def known(measured: Measurements) -> Benchmark:
    """In place of a fit, where any will do."""
    return Benchmark(measured.space, random_models(measured.space))


def by_method(table: pd.DataFrame, target: str) -> Mapping[str, Mapping[Hashable, Any]]:
    """The rows of one target."""
    return {row["method"]: row for row in table.to_dict("records") if row["target"] == target}
