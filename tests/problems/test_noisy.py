"""Noise around a problem: draws of predictions, by key, and of measured values."""

from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, make_problem, noisy
from tests.support.tables import random_table


def test_noise_is_drawn_by_key() -> None:
    problem = make_problem("gpt_s", ["accuracy", "latency@a100"])
    loud = noisy(problem, seed=4)
    codes = problem.space.sample(10, np.random.default_rng(0))
    values = loud.evaluate(codes)
    assert (values[:, 1] == problem.benchmark.predict(codes, "latency@a100").sample(seed=4)).all()
    assert (values[:, 0] == -problem.benchmark.predict(codes, "accuracy").sample(seed=4)).all()
    assert (loud.evaluate(codes, noise="none") == problem.evaluate(codes)).all()
    assert (problem.evaluate(codes, noise="sample", seed=4) == values).all()
    assert (loud.evaluate(codes, repeat=1) != values).any()
    assert (loud.ideal == problem.ideal).all()


def test_noise_is_one_of_the_measured_values() -> None:
    bench = random_table()
    problem = make_problem(bench, ["accuracy", "latency@a100"], noise="sample", seed=4)
    codes = problem.space.codes  # type: ignore[attr-defined]
    values = problem.evaluate(codes)
    assert (values[:, 1] == bench.predict(codes, "latency@a100").sample(seed=4)).all()
    assert (values[:, 0] == -bench.readings["accuracy"][:, 0]).all()
    assert (problem.evaluate(codes[::-1]) == values[::-1]).all()
    assert (problem.evaluate(codes, repeat=1) != values).any()


def test_more_repeats_go_on_where_fewer_ended() -> None:
    loud = noisy(make_problem("gpt_s", ["perplexity", "latency@a100", "params"]), seed=5)
    codes = loud.space.sample(6, np.random.default_rng(0))
    predictions = [loud.benchmark.predict(codes, name) for name in loud.objectives]
    draws = np.stack(
        [np.stack([p.sample(seed=5, repeat=draw << 32) for p in predictions], axis=1) for draw in range(10)]
    )
    draws *= loud.signs
    assert (draws[0] == loud.evaluate(codes, repeats=1)).all()
    assert len(np.unique(draws[:, 0, 1])) == 10
    for count in range(1, 11):
        assert loud.evaluate(codes, repeats=count) == pytest.approx(draws[:count].mean(axis=0), rel=1e-12)
    mixed = loud.evaluate(codes, repeats=[1, 10, 3, 1, 2, 5])
    alone = [
        loud.evaluate(code[None], repeats=count)[0] for code, count in zip(codes, [1, 10, 3, 1, 2, 5], strict=True)
    ]
    assert (mixed == alone).all()
    assert (mixed[:, 2] == loud.evaluate(codes, noise="none")[:, 2]).all()  # what is exact stays so
    assert (loud.evaluate(codes, noise="none", repeats=7) == loud.evaluate(codes, noise="none")).all()
    other = loud.evaluate(codes, repeat=1, repeats=4)
    assert not (other[:, :2] == loud.evaluate(codes, repeats=4)[:, :2]).any()
    by_default = make_problem("gpt_s", loud.objectives, noise="sample", seed=5, repeats=3)
    assert (by_default.evaluate(codes) == loud.evaluate(codes, repeats=3)).all()
    assert loud.evaluate(codes[:0], repeats=2).shape == (0, 3)


def test_more_repeats_have_less_noise() -> None:
    loud = noisy(make_problem("gpt_s", ["latency@a100"]), seed=0)
    code = loud.space.sample(1, np.random.default_rng(0))
    many = np.repeat(code, 4000, axis=0)
    spread = [loud.evaluate(many, repeat=np.arange(4000), repeats=count).std() for count in (1, 4)]
    assert spread[1] / spread[0] == pytest.approx(0.5, rel=0.15)


@pytest.mark.parametrize(
    ("repeats", "message"),
    [
        (0, "repeats are 0, but must be from 1 to 10"),
        (11, "repeats are 11, but must be from 1 to 10"),
        ([1, 12], "repeats are 12"),
        ([1, 1, 1], "must be one integer, or one for each of 2 architectures"),
        (2.0, "must be one integer"),
        (True, "must be one integer"),
    ],
)
def test_wrong_repeats_are_refused(repeats: Any, message: str) -> None:
    loud = noisy(make_problem("gpt_s", ["latency@a100"]), seed=0)
    with pytest.raises(InputError, match=message):
        loud.evaluate(loud.space.sample(2, np.random.default_rng(0)), repeats=repeats)
    with pytest.raises(InputError, match="repeats"):
        make_problem("gpt_s", ["latency@a100"], repeats=repeats)
