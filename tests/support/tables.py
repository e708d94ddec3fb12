"""Measured rows: of no structure in memory, and near the benchmark's answers in a folder."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hwbench_mo import DEVICES, SearchSpace, TabularBenchmark, TabularSpace, load_benchmark
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
    codes = some_rows(space, 120, 1)
    n, architectures, bench = len(codes), space.decode(codes), load_benchmark(space.name)
    values = {name: bench.predict(codes, name).median for name in bench.targets}
    index = np.arange(n, dtype=np.int32)
    columns: dict[str, Any] = {"campaign_index": index}
    columns |= {field: [getattr(a, field) for a in architectures] for field in ("embed_dim", "n_layer", "bias")}
    columns |= {field: [list(getattr(a, field)) for a in architectures] for field in ("mlp_ratio", "n_head")}
    columns |= {name: values[name].astype(np.int64) for name in ("params", "macs", "flops")}
    columns["perplexity"] = np.where(index < 90, values["perplexity"] * rng.lognormal(0, 0.001, n), np.nan)
    columns["accuracy"] = values["accuracy"]
    columns |= {f"{name}_mb": values[name] for name in ("memory_bfloat16", "memory_float16")}
    (folder / space.name).mkdir()
    pd.DataFrame(columns).to_parquet(folder / space.name / "architectures.parquet")
    for device in DEVICES:
        device_columns: dict[str, Any] = {"campaign_index": index}
        for metric, column in (("latency", "latency_ms"), ("energy", "energy_wh")):
            repeats = values[f"{metric}@{device}"][:, None] * rng.lognormal(0, 0.01, (n, 4))
            device_columns[column] = repeats.tolist()
        pd.DataFrame(device_columns).to_parquet(folder / space.name / f"{device}.parquet")
    return folder
