"""Keyed noise: a draw depends on seed, architecture, target and repeat alone."""

import subprocess
import sys

import numpy as np
from scipy import stats

from hwbench_mo import SearchSpace, load_benchmark


def test_a_draw_depends_on_its_key_alone() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(100, np.random.default_rng(0))
    draws = bench.predict(codes, "latency@v100").sample(seed=3)
    order = np.random.default_rng(1).permutation(100)
    assert (bench.predict(codes[order], "latency@v100").sample(seed=3) == draws[order]).all()
    assert (bench.predict(codes[7:8], "latency@v100").sample(seed=3) == draws[7]).all()
    repeats = np.arange(100)
    several = bench.predict(codes, "latency@v100").sample(seed=3, repeat=repeats)
    assert several[0] == draws[0]
    assert several[9] == bench.predict(codes[9:10], "latency@v100").sample(seed=3, repeat=9)[0]
    script = (
        "import numpy as np, hwbench_mo as hb; b = hb.load_benchmark('gpt_s'); "
        "c = b.space.sample(100, np.random.default_rng(0)); "
        "print(b.predict(c, 'latency@v100').sample(seed=3).tobytes().hex())"
    )
    other_process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert bytes.fromhex(other_process.stdout.strip()) == draws.tobytes()


def test_draws_of_different_keys_are_independent() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(20_000, np.random.default_rng(0))
    p, q = bench.predict(codes, "latency@v100"), bench.predict(codes, "energy@v100")
    # Ratios of one embed_dim and bias share a distribution: only within such a group are draws to be compared.
    group = bench.space.groups(codes) == 0
    streams = [p.sample(seed=0), p.sample(seed=1), p.sample(seed=0, repeat=1), q.sample(seed=0)]
    centres = [p.median, p.median, p.median, q.median]
    ratios = [stats.rankdata((stream / centre)[group]) for stream, centre in zip(streams, centres, strict=True)]
    correlation = np.corrcoef(ratios) - np.eye(4)
    assert np.abs(correlation).max() < 5 / np.sqrt(group.sum())


def test_one_architecture_has_one_draw_in_every_space_that_holds_it() -> None:
    bench = load_benchmark("gpt_s")
    mine = SearchSpace(name="mine", embed_dim=(384, 768), n_layer=(10, 11), mlp_ratio=(2, 4), n_head=(8, 12))
    restricted = bench.restrict(mine)
    codes = mine.sample(50, np.random.default_rng(0))
    same = bench.space.encode(mine.decode(codes))
    for target in ("perplexity", "latency@a100", "params"):
        here, there = restricted.predict(codes, target), bench.predict(same, target)
        assert (here.median == there.median).all()
        assert (here.sample(seed=5) == there.sample(seed=5)).all()
