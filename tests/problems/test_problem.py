"""Problems: exact fronts against brute force, bounds, and objectives that are refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import Benchmark, InputError, Problem, SearchSpace, load_benchmark, make_problem, noisy
from hwbench_mo.pareto.dominance import nondominated
from tests.support.spaces import SMALL, codes_of, random_benchmark, slow_nondominated, space_of

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


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=30)
def test_the_exact_front_of_any_small_space(depths: list[int], n_ratios: int, n_heads: int, seed: int) -> None:
    space = space_of(depths, n_ratios, n_heads)
    _assert_exact(make_problem(random_benchmark(space, seed), ["perplexity", "latency@a100"]))


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


@given(st.integers(1, 3), st.integers(0, 2**32))
def test_nondominated_agrees_with_its_plain_twin(m: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, (30, m)).astype(float)  # many ties
    assert (nondominated(values) == slow_nondominated(values)).all()


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


def test_front_of_one_architecture_is_judged_too() -> None:
    problem = make_problem("gpt_s", ["latency@a100", "energy@h100"])
    assert len(problem.pareto_front().values) == 1
    assert (problem.reference_point > problem.ideal).all()


def test_accuracy_is_negated_and_others_are_not() -> None:
    problem = make_problem("gpt_s", ["accuracy", "latency@a100"])
    codes = problem.space.sample(10, np.random.default_rng(0))
    values = problem.evaluate(codes)
    assert (values[:, 0] == -problem.benchmark.predict(codes, "accuracy").median).all()
    assert (values[:, 1] == problem.benchmark.predict(codes, "latency@a100").median).all()


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


@pytest.mark.parametrize(
    ("objectives", "message"),
    [
        (["perplexty"], "unknown objective 'perplexty'; valid, nearest first: perplexity,"),
        (["latency"], "objective 'latency' needs a device, such as latency@a100"),
        (["latency@"], "needs a device"),
        (["latency@a10"], "unknown device in 'latency@a10': 'a10'; valid, nearest first: a100"),
        (["perplexity@a100"], "objective 'perplexity@a100' takes no device; write 'perplexity'"),
        (["params", "params"], r"objectives\[1\] is 'params', which is there already"),
        ([], "objectives are empty"),
        ("perplexity", "must be a list of names"),
        ([3], "an objective is 3, but must be a name"),
    ],
)
def test_wrong_objectives_are_refused(objectives: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_problem("gpt_s", objectives)


def test_wrong_problems_are_refused() -> None:
    with pytest.raises(InputError, match="'gpt_l_wide' has no 'perplexity'"):
        make_problem("gpt_l_wide", ["perplexity", "params"])
    with pytest.raises(InputError, match="unknown noise 'smaple'; valid, nearest first: sample"):
        make_problem("gpt_s", ["perplexity"], noise="smaple")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="space 'small' has no 'perplexity'"):
        make_problem(SMALL, ["perplexity"])
    assert make_problem(SMALL, ["params", "macs"]).evaluate(codes_of(SMALL)).shape == (888, 2)
    assert Benchmark(SMALL).targets == ("params", "macs", "flops")
