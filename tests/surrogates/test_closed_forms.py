"""Closed forms against the formulas of the measurements' README."""

import numpy as np
import pytest

from hwbench_mo import SPACES, load_benchmark


@pytest.mark.parametrize("name", list(SPACES))
def test_closed_forms(name: str) -> None:
    """The formulas of the measurements' README, written again with Python's integers."""
    bench = load_benchmark(name)
    space = bench.space
    codes = space.sample(50, np.random.default_rng(0))
    batch = {"s": 8, "m": 4, "l": 1}[name.split("_")[1]]
    for row, a in enumerate(space.decode(codes)):
        e, n_layer, heads, ratios, b, vocabulary = (
            a.embed_dim,
            a.n_layer,
            sum(a.n_head),
            sum(a.mlp_ratio),
            a.bias,
            50254,
        )
        linear = vocabulary * e + 256 * heads * e + 3 * ratios * e**2
        biases = b * (192 * heads + 2 * ratios * e + 2 * n_layer * e)
        params = linear + vocabulary * e + 2 * e * (2 * n_layer + 1) + biases
        macs = batch * 1024 * linear
        flops = 2 * macs + batch * 1024 * (5 * e * (2 * n_layer + 1) + e * ratios)
        for metric, expected in (("params", params), ("macs", macs), ("flops", flops)):
            prediction = bench.predict(codes[[row]], metric)
            assert int(prediction.median[0]) == expected
            assert prediction.std[0] == 0
            assert (prediction.quantile([0.0, 0.3, 1.0]) == expected).all()
            assert prediction.sample(seed=1)[0] == expected
