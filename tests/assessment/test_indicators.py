"""Indicators: of sets whose values are known, and of every prefix of a run against moocore."""

from itertools import pairwise

import moocore
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hwbench_mo as hb
from hwbench_mo.assessment.indicators import INDICATORS, indicator_values, simplex_lattice, targets_of
from hwbench_mo.typing import Floats, Ints, Values
from optimizers import RandomSearch

PROBLEMS = {
    2: ["perplexity", "latency@a100"],
    3: ["perplexity", "latency@a100", "energy@a100"],
}


def indicators_of(problem: hb.Problem, values: Values, ends: Ints) -> dict[str, Floats]:
    return indicator_values(problem, values, ends, regrets=hb.regret_curve(problem, values))


@pytest.mark.parametrize("m", [2, 3])
def test_the_exact_front_is_best_by_all(m: int) -> None:
    problem = hb.make_problem("gpt_s", PROBLEMS[m])
    front = problem.pareto_front().values
    found = indicators_of(problem, np.repeat(front, 2, axis=0)[::-1], np.array([2 * len(front)]))
    for name, value in found.items():
        if name != "anytime":  # of the whole run, which begins with one point
            assert value[0] == pytest.approx(INDICATORS[name].best, abs=1e-12), name


@pytest.mark.parametrize("m", [2, 3])
def test_of_one_point_in_closed_form(m: int) -> None:
    problem = hb.make_problem("gpt_s", PROBLEMS[m])
    front = problem.normalise(problem.pareto_front().values)
    nadir = problem.ideal + problem.scale
    found = indicators_of(problem, nadir[None], np.array([1]))
    assert found["igd_plus"][0] == pytest.approx(np.linalg.norm(1 - front, axis=1).mean())
    assert found["epsilon"][0] == pytest.approx(1.0)  # from the ideal value of each objective
    weights = simplex_lattice(m)
    best = np.array([(weights * point).max(axis=1) for point in front]).min(axis=0)
    assert found["r2"][0] == pytest.approx((weights.max(axis=1) - best).mean())
    assert found["found"][0] == 0
    volume = moocore.hypervolume(front, ref=np.full(m, 1.1))
    assert found["regret"][0] == pytest.approx(1 - 0.1**m / volume)
    assert found["anytime"][0] == pytest.approx(np.log10(1 - 0.1**m / volume))


@pytest.mark.parametrize("m", [2, 3])
@given(seed=st.integers(0, 2**16))
@settings(max_examples=5, deadline=None)
def test_every_prefix_against_moocore(m: int, seed: int) -> None:
    problem = hb.make_problem("gpt_s", PROBLEMS[m])
    rng = np.random.default_rng(seed)
    values = problem.evaluate(problem.space.sample(60, rng))
    some = problem.pareto_front().values
    values = rng.permutation(np.concatenate([values, some[rng.integers(len(some), size=10)]]))
    ends = np.unique(rng.integers(1, 71, size=20))
    found = indicators_of(problem, values, ends)
    front = targets_of(problem).front
    for place, end in enumerate(ends):
        points = problem.normalise(values[:end])
        assert found["igd_plus"][place] == pytest.approx(moocore.igd_plus(points, ref=front), abs=1e-12)
        assert found["epsilon"][place] == pytest.approx(moocore.epsilon_additive(points, ref=front), abs=1e-12)
        share = np.mean([(np.abs(points - target) < 1e-9).all(axis=1).any() for target in front])
        assert found["found"][place] == pytest.approx(share, abs=1e-12)
        expected = moocore.hypervolume(points, ref=np.full(m, 1.1)) / moocore.hypervolume(front, ref=np.full(m, 1.1))
        assert found["regret"][place] == pytest.approx(1 - expected, abs=1e-12)
    assert found["found"][-1] > 0


def test_r2_comes_near_the_exact_one() -> None:
    """moocore integrates over all weights, of two objectives; here are a hundred of them."""
    problem = hb.make_problem("gpt_s", PROBLEMS[2])
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=1000)
    found = indicators_of(problem, run.centre, np.array([10, 100, 1000]))["r2"]
    front = targets_of(problem).front
    for value, end in zip(found, (10, 100, 1000), strict=True):
        points = problem.normalise(run.centre[:end])
        exact = moocore.r2_exact(points, ref=0) - moocore.r2_exact(front, ref=0)
        assert value == pytest.approx(exact, rel=0.05)


def test_indicators_never_get_worse_along_a_run() -> None:
    problem = hb.make_problem("gpt_m", PROBLEMS[3])
    run = hb.simulate(problem, RandomSearch(problem, seed=1), budget=300)
    found = indicators_of(problem, run.centre, np.arange(1, 301))
    for name, curve in found.items():
        sign = -1 if INDICATORS[name].larger_is_better else 1
        assert all(sign * (later - earlier) <= 1e-15 for earlier, later in pairwise(curve)), name


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5, 30])
def test_weights_are_evenly_spaced_on_the_simplex(m: int) -> None:
    weights = simplex_lattice(m)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert (weights >= 0).all()
    assert len(np.unique(weights, axis=0)) == len(weights) >= (100 if m > 1 else 1)
    assert np.allclose(weights.mean(axis=0), 1 / m)  # symmetric


def test_unknown_indicators_are_refused() -> None:
    with pytest.raises(hb.InputError, match="unknown indicator 'igd'; valid, nearest first: igd_plus"):
        hb.compare([], indicators=["igd"])
