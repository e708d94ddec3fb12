"""Benchmarks on tables: a part of a space knows as much as the whole."""

import numpy as np
import pytest

from hwbench_mo import SearchSpace, load_benchmark
from hwbench_mo.targets import QUALITY


def test_a_restricted_space_knows_as_much() -> None:
    bench = load_benchmark("gpt_s")
    mine = SearchSpace(name="mine", embed_dim=(384, 768), n_layer=(10, 11), mlp_ratio=(2, 4), n_head=(8, 12))
    restricted = bench.restrict(mine)
    codes = mine.sample(50, np.random.default_rng(0))
    same = bench.space.encode(mine.decode(codes))
    for target in (*QUALITY, "latency@a100", "energy@p100", "memory_float16"):
        here, there = restricted.predict(codes, target), bench.predict(same, target)
        assert here.standard_error == pytest.approx(there.standard_error, rel=1e-12)
        assert here.support == pytest.approx(there.support, abs=1e-12)
        assert (here.quantile([0.1, 0.9]) == there.quantile([0.1, 0.9])).all()
