"""Measured rows of no structure."""

import numpy as np

from hwbench_mo import SearchSpace, TabularBenchmark, TabularSpace
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
