"""Predictions: quantiles, moments and draws agree, and wrong questions are refused."""

import numpy as np
import pytest

from hwbench_mo import DEVICES, InputError, SearchSpace, load_benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.targets import OWN

MEASURED = ("gpt_s", "gpt_m", "gpt_l")


spaces = pytest.mark.parametrize("name", MEASURED)


@spaces
def test_every_target_is_answered_sensibly(name: str) -> None:
    bench = load_benchmark(name)
    assert len(bench.targets) == 2 + 2 * len(DEVICES) + len(OWN) + 2 + 3  # peak memory of our own alone
    codes = bench.space.sample(200, np.random.default_rng(0))
    levels = np.linspace(0, 1, 21)
    for target in bench.targets:
        p = bench.predict(codes, target)
        quantiles = p.quantile(levels)
        assert quantiles.shape == (200, 21)
        assert (quantiles >= 0).all()
        assert (np.diff(quantiles, axis=1) >= 0).all()
        assert p.quantile(0.5) == pytest.approx(p.median, rel=1e-6)
        assert (p.median > 0).all()
        assert (p.std >= 0).all()


def test_mean_and_std_are_those_of_the_draws() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(20, np.random.default_rng(0))
    p = bench.predict(codes, "energy@a40")
    draws = np.stack([p.sample(seed=0, repeat=repeat) for repeat in range(4000)], axis=1)
    assert draws.mean(axis=1) == pytest.approx(p.mean, rel=0.02)
    assert draws.std(axis=1) == pytest.approx(p.std, rel=0.15)
    for level in (0.05, 0.5, 0.95):
        below = (draws <= p.quantile([level])).mean(axis=1)
        assert below == pytest.approx(level, abs=5 * np.sqrt(0.25 / 4000))


def test_wrong_questions_are_refused() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(3, np.random.default_rng(0))
    p = bench.predict(codes, "latency@a100")
    with pytest.raises(InputError, match=r"levels are .* numbers from 0 to 1"):
        p.quantile([0.5, 1.5])
    with pytest.raises(InputError, match="seed is 'a', but must be an integer"):
        p.sample(seed="a")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="repeat is -1"):
        p.sample(seed=0, repeat=-1)
    with pytest.raises(InputError, match=r"n_head of space 'odd' holds 5, but 'gpt_s' offers 4, 8, 12"):
        bench.restrict(SearchSpace(name="odd", embed_dim=(192,), n_layer=(10,), mlp_ratio=(2,), n_head=(5,)))
    with pytest.raises(InputError, match="space 'gpt_s_wide' has no 'latency@a100': only params, macs, flops"):
        load_benchmark("gpt_s_wide").predict(
            get_space("gpt_s_wide").sample(1, np.random.default_rng(0)), "latency@a100"
        )
    with pytest.raises(InputError, match="unknown space 'gpt_x'; valid, nearest first: gpt_"):
        load_benchmark("gpt_x")
