"""Exact Pareto fronts against brute force, of tables and of measured rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import Problem, SearchSpace, load_benchmark, make_problem
from hwbench_mo.pareto.dominance import nondominated
from tests.support.spaces import SMALL, TERMS, random_benchmark, slow_nondominated, space_of
from tests.support.tables import random_table

OBJECTIVES = [
    ["perplexity", "latency@a100"],
    ["accuracy", "energy@h100"],
    ["latency@a100", "energy@h100"],
    ["perplexity", "latency@a100", "energy@h100"],
    ["perplexity", "accuracy", "latency@a100"],
    ["perplexity", "params"],
    ["accuracy"],
]


@pytest.mark.parametrize("objectives", OBJECTIVES, ids="-".join)
@pytest.mark.parametrize("seed", range(3))
def test_the_exact_front_is_that_of_brute_force(objectives: list[str], seed: int) -> None:
    _assert_exact(make_problem(random_benchmark(SMALL, seed), objectives))


@pytest.mark.parametrize("objectives", OBJECTIVES, ids="-".join)
@given(st.sets(st.sampled_from(TERMS)), st.sets(st.sampled_from(TERMS)), st.integers(0, 2**32))
@settings(deadline=None, max_examples=25)
def test_the_exact_front_with_any_terms(
    objectives: list[str], terms: set[str], accuracy_terms: set[str], seed: int
) -> None:
    _assert_exact(make_problem(random_benchmark(SMALL, seed, terms, accuracy_terms), objectives))


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sets(st.sampled_from(TERMS)),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=60)
def test_the_exact_front_of_any_small_space(
    depths: list[int], n_ratios: int, n_heads: int, terms: set[str], seed: int
) -> None:
    space = space_of(depths, n_ratios, n_heads)
    _assert_exact(make_problem(random_benchmark(space, seed, terms), ["perplexity", "latency@a100"]))


def test_the_exact_front_of_a_restricted_real_space() -> None:
    mine = SearchSpace(name="mine", embed_dim=(192, 384), n_layer=(10,), mlp_ratio=(2, 4), n_head=(8,))
    _assert_exact(make_problem(load_benchmark("gpt_s").restrict(mine), ["perplexity", "energy@rtx3080"]))


def _assert_exact(problem: Problem) -> None:
    values = problem.evaluate(np.array(list(problem.space.enumerate())))
    expected = values[nondominated(values)]
    expected = expected[np.lexsort(expected.T[::-1])]
    codes, found = problem.pareto_front()
    assert found.shape == expected.shape
    assert (found == expected).all()
    assert (problem.evaluate(codes) == found).all()
    assert (problem.space.canonical(codes) == codes).all()
    assert (problem.ideal == values.min(axis=0)).all()
    assert (problem.nadir == expected.max(axis=0)).all()
    assert problem.reference_point == pytest.approx(problem.ideal + 1.1 * problem.scale)


@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_no_sample_beats_the_exact_front(name: str) -> None:
    problem = make_problem(name, ["perplexity", "latency@a100"])
    front = problem.pareto_front().values
    assert nondominated(front).all()
    rng = np.random.default_rng(0)
    codes = np.concatenate(
        [problem.space.sample(20_000, rng)]
        + [problem.space.random_neighbours(problem.pareto_front().codes, rng) for _ in range(20)]
    )
    values = problem.evaluate(codes)
    # The best of the front at that latency or less must not be worse.
    by_latency = front[np.argsort(front[:, 1])]
    place = np.searchsorted(by_latency[:, 1], values[:, 1], side="right") - 1
    assert (place >= 0).all()
    assert (values[:, 0] >= np.minimum.accumulate(by_latency[:, 0])[place]).all()


@pytest.mark.parametrize(
    "objectives",
    [["perplexity", "latency@a100"], ["accuracy"], ["accuracy", "energy@a100", "params"], ["perplexity", "accuracy"]],
)
@pytest.mark.parametrize("seed", range(2))
def test_the_front_is_that_of_the_measured_rows(objectives: list[str], seed: int) -> None:
    bench = random_table(seed=seed)
    problem = make_problem(bench, objectives)
    rows = np.ones(bench.space.size, dtype=bool)
    for name in objectives:
        rows &= np.isfinite(bench.readings[name]).any(axis=1) if name in bench.readings else True
    assert problem.space.size == rows.sum()
    assert (problem.space.size < bench.space.size) == ("perplexity" in objectives)
    values = problem.evaluate(bench.space.codes[rows])
    expected = values[slow_nondominated(values)]
    codes, found = problem.pareto_front()
    assert (found == expected[np.lexsort(expected.T[::-1])]).all()
    assert (problem.evaluate(codes) == found).all()
    assert (problem.ideal == values.min(axis=0)).all()
    assert (problem.nadir == expected.max(axis=0)).all()
