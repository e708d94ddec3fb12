"""Support: how near an architecture is to those that were measured."""

import numpy as np
import pytest

from hwbench_mo import load_benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.support import Support


def test_support_is_the_share_of_measured_architectures_farther_out() -> None:
    rng = np.random.default_rng(0)
    space = get_space("gpt_s")
    codes = space.sample(2000, rng)
    support = Support.of(space, codes)
    distance = support.distance(space, codes)
    for row in range(0, 2000, 100):
        own = distance[codes[:, 0] == codes[row, 0]]
        assert support.share(space, codes[[row]])[0] == pytest.approx((own >= distance[row]).mean(), abs=0.02)


def test_quality_of_gpt_l_is_supported_by_what_was_measured_of_it() -> None:
    """Perplexity was measured of 397 architectures only, latency of all."""
    bench = load_benchmark("gpt_l")
    codes = bench.space.sample(2000, np.random.default_rng(0))
    perplexity, latency = (bench.predict(codes, target) for target in ("perplexity", "latency@a100"))
    assert (perplexity.support != latency.support).any()
    assert (bench.predict(codes, "accuracy").support == perplexity.support).all()
    other = load_benchmark("gpt_m")
    known = other.predict(other.space.sample(2000, np.random.default_rng(0)), "perplexity")
    assert np.median(perplexity.standard_error / perplexity.median) > 2 * np.median(known.standard_error / known.median)
