"""Noise around a problem: draws of predictions, by key, and of measured values."""

import numpy as np

from hwbench_mo import make_problem, noisy
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
