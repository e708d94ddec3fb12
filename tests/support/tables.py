"""Measured rows: of no structure in memory, and near the benchmark's answers in a folder."""

from pathlib import Path

import numpy as np

from hwbench_mo import SearchSpace, TabularBenchmark, TabularSpace, load_benchmark
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.targets import CLOSED_FORM
from hwbench_mo.typing import Codes
from tests.support.spaces import SMALL


def some_rows(space: SearchSpace, n: int, seed: int) -> Codes:
    """At most n distinct architectures of a space, in no order."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.unique(space.sample(n, rng), axis=0))


def random_table(space: SearchSpace = SMALL, n: int = 150, seed: int = 0) -> TabularBenchmark:
    """Measurements of no structure: perplexity of three quarters of the rows, with gaps in the energies."""
    rng = np.random.default_rng(seed)
    rows = TabularSpace.of(space, some_rows(space, n, seed))
    shape = (rows.size, 5)
    readings = {
        "perplexity": np.where(rng.random((rows.size, 1)) < 0.75, rng.uniform(20, 60, (rows.size, 1)), np.nan),
        "accuracy": rng.uniform(0.2, 0.5, (rows.size, 1)),
        "latency@a100": rng.uniform(1, 9, (rows.size, 1)) * rng.lognormal(0, 0.1, shape),
        "energy@a100": np.where(rng.random(shape) < 0.3, np.nan, rng.lognormal(0, 1, shape)),
    }
    readings["energy@a100"][:, 0] = 1.0
    return TabularBenchmark(rows, readings, {})


def write_rows(folder: Path, space: SearchSpace) -> Path:
    """A folder of measurements with 120 rows, 90 of them with perplexity.

    Values are near those that the benchmark answers, so that the surrogates have something to be compared with.
    """
    rng = np.random.default_rng(1)
    codes, bench = some_rows(space, 120, 1), load_benchmark(space.name)
    n = len(codes)
    readings = {name: bench.predict(codes, name).median[:, None] for name in bench.targets if name not in CLOSED_FORM}
    readings["perplexity"] = readings["perplexity"] * rng.lognormal(0, 0.001, (n, 1))
    readings["perplexity"][90:] = np.nan
    for name in [name for name in readings if "@" in name]:
        readings[name] = readings[name] * rng.lognormal(0, 0.01, (n, 4))
    write_measurements(Measurements(space, np.arange(n), codes, readings, np.full(n, np.nan)), folder)
    return folder
