"""Fleets of devices, against all architectures of small spaces, and their devices one by one."""

from typing import Literal

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.pareto import nondominated
from hwbench_mo.targets import DEVICES as ALL
from hwbench_mo.targets import Target
from hwbench_mo.typing import Floats
from tests.support.spaces import SMALL, codes_of, random_benchmark

DEVICES = ("a100", "rtx3080", "epyc_7513")


def fleet_values(kind: str, parts: Floats) -> Floats:
    return np.asarray(parts.max(axis=1) if kind == "max" else parts @ np.array([0.5, 0.3, 0.2]))


def name_of(kind: str, metric: str) -> str:
    names = [f"{metric}@{device}" for device in DEVICES]
    if kind == "max":
        return f"max({', '.join(names)})"
    return " + ".join(f"{weight} * {name}" for weight, name in zip((5, 3, 2), names, strict=True))


@pytest.mark.parametrize("metric", ["latency", "energy"])
@pytest.mark.parametrize("kind", ["max", "mean"])
def test_values_and_draws_are_those_of_the_devices_combined(kind: str, metric: str) -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", name_of(kind, metric)])
    codes = problem.space.sample(50, np.random.default_rng(0))
    bench = hb.load_benchmark("gpt_s")
    own = [bench.predict(codes, f"{metric}@{device}") for device in DEVICES]
    expected = fleet_values(kind, np.stack([one.median for one in own], axis=1))
    assert problem.evaluate(codes)[:, 1] == pytest.approx(expected, rel=1e-12)
    draws = fleet_values(kind, np.stack([one.sample(seed=3) for one in own], axis=1))
    assert problem.evaluate(codes, noise="sample", seed=3)[:, 1] == pytest.approx(draws, rel=1e-12)
    prediction = problem.benchmark.predict(codes, problem.objectives[1])
    assert prediction.median == pytest.approx(expected)
    repeated = np.stack([prediction.sample(seed=seed) for seed in range(400)])
    low, high = prediction.quantile([0.05, 0.95]).T
    assert ((repeated >= low) & (repeated <= high)).mean() == pytest.approx(0.9, abs=0.01)
    error = 6 * repeated.std(axis=0) / np.sqrt(len(repeated))
    assert (np.abs(prediction.mean - repeated.mean(axis=0)) < error).all()
    assert prediction.std == pytest.approx(repeated.std(axis=0), rel=0.5)
    assert (prediction.standard_error > 0).all()
    assert (prediction.support == np.min([one.support for one in own], axis=0)).all()


def test_a_name_is_read_back_as_the_same_fleet_whatever_the_weights() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        devices = rng.permutation(ALL)[: rng.integers(2, 8)].tolist()
        weights = rng.integers(1, 40, len(devices)) * 10.0 ** rng.integers(-5, 5, len(devices))
        terms = [f"{weight}*latency@{device}" for weight, device in zip(weights, devices, strict=True)]
        fleet = Target.parse("+".join(terms))
        assert Target.parse(fleet.name) == fleet
        assert Target.parse(fleet.name).name == fleet.name
        assert Target.parse("+".join(terms[::-1])) == fleet
        shares = dict(zip(devices, weights / weights.sum(), strict=True))
        own = np.array(fleet.weights)  # type: ignore[attr-defined]
        assert own == pytest.approx([shares[str(part.device)] for part in fleet.parts], rel=1e-12)


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("noise", ["none", "sample"])
def test_a_value_does_not_depend_on_what_is_evaluated_with_it(kind: str, noise: Literal["none", "sample"]) -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", name_of(kind, "energy")], noise=noise, seed=3)
    codes = problem.space.sample(300, np.random.default_rng(0))
    together = problem.evaluate(codes)
    assert (together[1:] == problem.evaluate(codes[1:])).all()
    assert (together == np.concatenate([problem.evaluate(code[None]) for code in codes])).all()


def test_a_fleet_is_the_same_in_any_order() -> None:
    one, other = ([f"max(latency@{a},latency@{b})", "params"] for a, b in (("a100", "h100"), ("h100", "a100")))
    assert hb.make_problem("gpt_s", one).name == hb.make_problem("gpt_s", other).name
    with pytest.raises(hb.InputError, match="which is there already"):
        hb.make_problem("gpt_s", [one[0], other[0]])


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("constraints", [{}, {"memory_bfloat16": 260.0}, {"max(latency@a100,latency@v100)": 20.0}])
def test_fronts_are_exact(kind: str, constraints: dict[str, float]) -> None:
    small = hb.SearchSpace(
        name="few", embed_dim=(192, 768), n_layer=(10,), mlp_ratio=(2, 4), n_head=(4,), bias=(False, True), batch_size=8
    )
    bench = hb.load_benchmark("gpt_s").restrict(small)
    problem = hb.make_problem(bench, ["perplexity", name_of(kind, "latency")], constraints=constraints)
    codes = np.array(list(small.enumerate()))
    kept = codes[problem.feasible(codes)]
    assert 0 < len(kept) <= len(codes)
    values = problem.evaluate(kept)
    expected = np.unique(values[nondominated(values)], axis=0)
    assert np.unique(problem.pareto_front().values, axis=0) == pytest.approx(expected, rel=1e-9)


def test_where_two_metrics_depend_on_the_order_of_layers_the_front_is_exact_too() -> None:
    benchmark = random_benchmark(SMALL, 0)
    problem = hb.make_problem(benchmark, ["perplexity", "accuracy", "latency@a100"])
    fleet = hb.make_problem(hb.benchmark.fleet.FleetBenchmark(benchmark), ["perplexity", "accuracy", "latency@a100"])
    assert fleet.pareto_front().values == pytest.approx(problem.pareto_front().values)
    values = problem.evaluate(np.array(codes_of(SMALL)))
    assert len(np.unique(values[nondominated(values)], axis=0)) == len(fleet.pareto_front().values)


def test_a_run_is_compared_on_its_problem_again() -> None:
    from optimizers import RandomSearch

    problem = hb.make_problem(
        "gpt_s", ["perplexity", "max(latency@a100, latency@rtx3080)"], constraints={"params": 5e7}
    )
    config = hb.Run(name="random", seed=0).config
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=50, config=config)
    (comparison,) = hb.compare([run])
    assert (
        comparison.problem.name
        == problem.name
        == "gpt_s-perplexity-max(latency@a100,latency@rtx3080)-within-params=50000000"
    )
    both = hb.make_problem("gpt_s", ["perplexity", "latency@a100", "latency@rtx3080"], constraints={"params": 5e7})
    assert run.finish_times[-1] == pytest.approx(hb.CostModel().seconds(both, run.codes).sum())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("max(latency@a100)", "needs two devices or more"),
        ("max(latency@a100, latency@a100)", "each once"),
        ("max(latency@a100, energy@h100)", "of the same on all devices"),
        ("max(perplexity, accuracy)", "must be of latency, energy, peak_memory"),
        ("min(latency@a100, latency@h100)", "is no fleet; write max"),
        ("0*latency@a100 + 0*latency@h100", "weights of a sum above 0"),
        ("max(latency@a100, latency@h10)", "h100"),
        ("max(latncy@a100, latency@h100)", "unknown objective 'latncy@a100'"),
    ],
)
def test_wrong_fleets_are_refused(name: str, message: str) -> None:
    with pytest.raises(hb.InputError, match=message):
        hb.make_problem("gpt_s", ["perplexity", name])


def test_a_weighted_mean_cannot_be_limited() -> None:
    with pytest.raises(hb.InputError, match="a weighted mean cannot be limited, but each device can"):
        hb.make_problem("gpt_s", ["perplexity"], constraints={"mean(latency@a100, latency@h100)": 3.0})


def test_a_limit_on_a_fleet_is_one_on_each_device() -> None:
    fleet = hb.recommend("gpt_s", limits={"max(latency@a100, latency@rtx3080)": 20.0})
    each = hb.recommend("gpt_s", limits={"latency@a100": 20.0, "latency@rtx3080": 20.0})
    assert fleet.architecture == each.architecture
    slowest = hb.recommend("gpt_s", minimise="max(latency@a100, latency@rtx3080)", limits={"perplexity": 30.0})
    front = hb.make_problem("gpt_s", ["max(latency@a100, latency@rtx3080)"], constraints={"perplexity": 30.0})
    assert slowest.metrics  # of the fleet's devices
    found = front.evaluate(front.space.encode([slowest.architecture]))[0, 0]
    assert found >= front.pareto_front().values[0, 0]
