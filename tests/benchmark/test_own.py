"""Metrics of one's own beside tables: fronts, limits, fleets and measured rows, against every architecture asked."""

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.benchmark import own
from hwbench_mo.benchmark.by_counts import constrained_front
from hwbench_mo.typing import Floats
from tests.support.metrics import heads, late_heads, metric, slow_front
from tests.support.spaces import SMALL, codes_of, random_benchmark

OBJECTIVES = [
    ["lumpy"],
    ["perplexity", "lumpy"],
    ["lumpy", "latency@a100", "heads"],
    ["perplexity", "accuracy", "lumpy"],
    ["energy@h100", "late_heads"],
]


@pytest.mark.parametrize("maximise", [False, True])
@pytest.mark.parametrize("objectives", OBJECTIVES)
def test_fronts_are_exact(objectives: list[str], maximise: bool) -> None:
    bench = random_benchmark(SMALL, 3, ("pairs",)).with_metrics(
        metric("lumpy", maximise=maximise), metric("heads"), metric("late_heads", maximise=maximise)
    )
    front = bench.pareto_front(objectives)
    assert front.values.tolist() == slow_front(bench, objectives, {}).tolist()
    problem = hb.make_problem(bench, objectives)
    assert problem.evaluate(front.codes).tolist() == front.values.tolist()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limited", ["lumpy", "late_heads"])
def test_fronts_under_limits_are_exact(limited: str, seed: int) -> None:
    bench = random_benchmark(SMALL, seed).with_metrics(metric("lumpy"), metric("late_heads"), metric("heads"))
    codes = codes_of(SMALL)
    limits = {name: float(np.quantile(bench.predict(codes, name).median, 0.6)) for name in (limited, "latency@a100")}
    for objectives in (["perplexity", "energy@h100"], ["perplexity", "lumpy"], ["heads", "accuracy"]):
        problem = hb.make_problem(bench, objectives, constraints=limits)
        assert problem.pareto_front().values.tolist() == slow_front(bench, objectives, limits).tolist()
        assert problem.feasible(problem.pareto_front().codes).all()


def test_fleets_beside_a_metric() -> None:
    bench = random_benchmark(SMALL, 0)
    bench = hb.Benchmark(
        SMALL, {**bench.models, "latency@v100": bench.models["latency@a100"].scaled(np.array([[2.0, 0.5], [0.4, 3.0]]))}
    ).with_metrics(metric("lumpy"))
    names = ["perplexity", "max(latency@a100,latency@v100)", "lumpy"]
    problem, codes = hb.make_problem(bench, names), codes_of(SMALL)
    columns = problem.evaluate(codes)
    kept = [
        row
        for row in columns.tolist()
        if not any(all(a <= b for a, b in zip(other, row, strict=True)) and other != row for other in columns.tolist())
    ]
    assert problem.pareto_front().values.tolist() == sorted(map(list, set(map(tuple, kept))))


def test_predictions_are_exact_and_known() -> None:
    bench = random_benchmark(SMALL, 0).with_metrics(metric("heads"))
    codes = SMALL.sample(5, np.random.default_rng(0))
    p = bench.predict(codes, "heads")
    plain = [0.1 * sum(one.n_head) for one in SMALL.decode(codes)]
    np.testing.assert_allclose(p.median, plain, rtol=1e-13)
    assert not p.std.any()
    assert not p.standard_error.any()
    assert (p.support == 1).all()
    assert (p.sample(seed=1) == p.median).all()
    assert "heads" in bench.targets
    assert repr(p).endswith("u)")


def test_the_order_of_layers_is_refused_where_no_answer_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", "late_heads"], metrics=[metric("late_heads")])
    codes = problem.space.sample(4, np.random.default_rng(0))
    assert (problem.evaluate(codes)[:, 1] == late_heads(codes, problem.space)).all()
    for asked in (
        problem.pareto_front,
        lambda: problem.reference_point,
        lambda: hb.recommend(problem.benchmark, minimise="late_heads"),
        lambda: hb.recommend(problem.benchmark, limits={"late_heads": 50.0}),
        lambda: constrained_front(problem.benchmark, ["perplexity"], {"late_heads": 50.0}),
    ):
        with pytest.raises(
            hb.InputError, match=r"may depend on the order of layers .* among the 1.9e\+12 architectures"
        ):
            asked()
    monkeypatch.setattr(own, "MOST_ENUMERATED", SMALL.size - 1)
    with pytest.raises(hb.InputError, match="up to 887"):
        random_benchmark(SMALL, 0).with_metrics(metric("late_heads")).pareto_front(["late_heads"])


def test_measured_rows_answer_too() -> None:
    codes = codes_of(SMALL)[::7]
    space = hb.TabularSpace.of(SMALL, codes)
    readings = {"latency@a100": np.random.default_rng(0).uniform(1, 2, (len(codes), 3))}
    bench = hb.TabularBenchmark(space, readings, {}).with_metrics(metric("late_heads"), metric("lumpy", maximise=True))
    problem = hb.make_problem(bench, ["latency@a100", "late_heads"], constraints={"lumpy": 30.0})
    front = problem.pareto_front()
    inside = bench.predict(space.codes, "lumpy").median >= 30
    values = problem.evaluate(space.codes[inside])
    assert 0 < inside.sum() < len(codes)
    assert all((row <= front.values).all(axis=1).any() or (front.values <= row).all(axis=1).any() for row in values)
    assert {tuple(row) for row in front.values.tolist()} <= {tuple(row) for row in values.tolist()}
    best = hb.recommend(bench, minimise="late_heads", limits={"lumpy": 30.0}, confidence=None)
    assert best.value == values[:, 1].min()


def test_recommendations_limit_and_optimise_it() -> None:
    bench = random_benchmark(SMALL, 1).with_metrics(metric("lumpy", maximise=True), metric("heads"))
    codes = codes_of(SMALL)
    lumpy, few = bench.predict(codes, "lumpy").median, bench.predict(codes, "heads").median
    best = hb.recommend(bench, maximise="lumpy", limits={"heads": 0.7})
    assert best.value == lumpy[few <= 0.7].max()
    assert str(best).startswith("Greatest lumpy in small")
    assert hb.recommend(bench, limits={"lumpy": 60.0}, confidence=None).metrics["lumpy"].median >= 60


@pytest.mark.parametrize("maximise", [False, True])
def test_limits_that_nothing_keeps_are_told(maximise: bool) -> None:
    def below_zero(counts: hb.LayerCounts) -> Floats:
        return heads(counts) - 5 if maximise else heads(counts) + 5

    bench = random_benchmark(SMALL, 1).with_metrics(hb.Metric(name="x", function=below_zero, maximise=maximise))
    with pytest.raises(hb.InfeasibleError, match="infeasible: no architecture of 'small' has x of at") as caught:
        hb.make_problem(bench, ["perplexity"], constraints={"x": 1.0}).pareto_front()
    found = bench.predict(codes_of(SMALL), "x").median
    assert caught.value.amounts["x"] == (found.max() if maximise else found.min())


def test_a_smaller_space_keeps_its_metrics_and_a_new_one_replaces() -> None:
    bench = random_benchmark(SMALL, 0).with_metrics(metric("heads"))
    small = hb.SearchSpace(name="smaller", embed_dim=(64,), n_layer=(3,), mlp_ratio=(2, 4), n_head=(1, 2))
    assert "heads" in bench.restrict(small).targets
    again = bench.with_metrics(hb.Metric(name="heads", function=lambda c: 2 * heads(c), unit="u"))
    codes = codes_of(SMALL)[:3]
    np.testing.assert_allclose(again.kernel(["heads"])(codes), 2 * bench.kernel(["heads"])(codes), rtol=1e-12)


def test_mistakes() -> None:
    one = metric("heads")
    for metrics, message in (
        ([one, one], r"metrics\[1\] is 'heads', which is there already"),
        ([heads], r"metrics\[0\] is <function heads.*but must be an hb.Metric"),
        (one, "must be a list of hb.Metric"),
    ):
        with pytest.raises(hb.InputError, match=message):
            hb.make_problem(SMALL, ["params"], metrics=metrics)  # type: ignore[arg-type]
    with pytest.raises(hb.InputError, match="unknown objective 'headz'; valid, nearest first: heads,"):
        hb.make_problem(SMALL, ["headz"], metrics=[one])
    with pytest.raises(hb.InputError, match="'heads' is a metric of one's own, and this benchmark does not have it"):
        hb.make_problem(SMALL, ["heads"])
    with pytest.raises(hb.InputError, match="'heads' is a metric of one's own, and has no table"):
        hb.Benchmark(SMALL).with_metrics(one).model("heads")
