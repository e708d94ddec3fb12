"""How well a prediction is known: standard errors of tables, and the support that measured architectures give."""

import numpy as np
import pytest

from hwbench_mo import SearchSpace, load_benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import QUALITY
from tests.support.spaces import SMALL, codes_of, random_model, slow_value

MEASURED = ("gpt_s", "gpt_m", "gpt_l")
spaces = pytest.mark.parametrize("name", MEASURED)


@pytest.mark.parametrize("by_position", [False, True])
def test_a_table_error_is_its_plain_twin(by_position: bool) -> None:
    rng = np.random.default_rng(0)
    models = [random_model(SMALL, rng, slots=SMALL.n_slots if by_position else 1) for _ in range(3)]
    parts = {name: np.stack([getattr(m, name) for m in models], axis=-1) for name in ("base", "mlp", "head")}
    codes = codes_of(SMALL)
    expected = [np.sqrt(sum(slow_value(SMALL, model, code) ** 2 for model in models)) for code in codes]
    assert TableError(**parts).standard_error(SMALL, codes) == pytest.approx(expected, rel=1e-12)


@spaces
def test_standard_errors_of_everything_that_ships(name: str) -> None:
    bench = load_benchmark(name)
    codes = bench.space.sample(500, np.random.default_rng(0))
    for target in bench.targets:
        p = bench.predict(codes, target)
        if p.noise is None:
            assert (p.standard_error == 0).all()
            assert (p.support == 1).all()
        else:
            assert (p.standard_error > 0).all()
            assert (p.standard_error < 0.1 * p.median).all(), target
            assert ((p.support >= 0) & (p.support <= 1)).all()


@spaces
def test_standard_errors_grow_and_support_shrinks_towards_the_corners(name: str) -> None:
    bench = load_benchmark(name)
    space = bench.space
    rng = np.random.default_rng(0)
    middle = space.sample(300, rng)
    corner = middle.copy()
    corner[:, space.mlp_genes] = rng.integers(3, size=(300, 1))
    corner[:, space.head_genes] = rng.integers(3, size=(300, 1))
    corner = space.canonical(corner)
    for target in bench.targets[:30]:
        near, far = (bench.predict(codes, target) for codes in (middle, corner))
        assert np.median(far.standard_error / far.median) > np.median(near.standard_error / near.median), target
        assert (far.support < 0.001).all()
        assert near.support.mean() == pytest.approx(0.5, abs=0.05)


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
