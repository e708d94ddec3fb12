"""Everything public shows itself in a few lines, and results as tables."""

import inspect
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.benchmark.fleet import FleetBenchmark
from optimizers import RandomSearch
from tests.support.tables import random_table

LIMITS = {"memory_bfloat16": 300.0, "accuracy": 0.3}


def bench() -> hb.Benchmark:
    return hb.load_benchmark("gpt_s")


def some(n: int = 200) -> np.ndarray:
    return bench().space.sample(n, np.random.default_rng(0))


def problem(**settings: object) -> hb.Problem:
    return hb.make_problem("gpt_s", ["accuracy", "latency@a100"], **settings)  # type: ignore[arg-type]


def run(**settings: object) -> hb.Trajectory:
    searched = problem(**settings)
    return hb.simulate(searched, RandomSearch(searched, seed=0), budget=30)


def comparison(n: int = 1) -> Comparison:
    """Of n optimizers."""
    named = [replace(run(constraints=LIMITS), config=hb.Run(name=f"mine_{at}", seed=0).config) for at in range(n)]
    return hb.compare(named)[0]


def infeasible() -> Exception:
    with pytest.raises(hb.InfeasibleError) as caught:
        problem(constraints={"latency@a100": 1.0}).pareto_front()
    return caught.value


def total_heads(counts: hb.LayerCounts) -> np.ndarray:
    return counts.total_heads


OBJECTS: dict[str, Callable[[], object]] = {
    "Architecture": lambda: bench().space.decode(some(1))[0],
    "Benchmark": bench,
    "CostModel": hb.CostModel,
    "InfeasibleError": infeasible,
    "InputError": lambda: hb.InputError("wrong"),
    "Space": lambda: bench().space,
    "LayerCounts": lambda: hb.LayerCounts.of(bench().space, some(200)),
    "Metric": lambda: hb.Metric(name="heads", function=total_heads),
    "TabularBenchmark": random_table,
    "TabularSpace": lambda: random_table().space,
    "compare": lambda: hb.compare([run(constraints=LIMITS)]),
    "groups of compare": lambda: comparison().groups[0],
    "runs of compare": lambda: comparison().groups[0].runs[0],
    "many groups of compare": lambda: comparison(12),
    "fleet": lambda: FleetBenchmark(bench()),
    "simulate": run,
    "ParetoFront": lambda: problem().pareto_front(),
    "Prediction": lambda: bench().predict(some(), "energy@a100"),
    "Problem": problem,
    "Recommendation": lambda: hb.recommend("gpt_s", limits={"latency@a100": 20.0}),
    "Run": lambda: hb.Run(name="mine", seed=0),
    "SearchSpace": lambda: bench().space,
    "Trajectory": run,
    "noisy": lambda: hb.noisy(problem(constraints=LIMITS), seed=1),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_a_repr_has_a_few_lines(name: str) -> None:
    shown = repr(OBJECTS[name]())
    assert len(shown) <= 600
    assert len(shown.splitlines()) <= 6
    assert " object at 0x" not in shown


def test_no_public_class_is_left_out() -> None:
    for name in hb.__all__:
        shown = getattr(hb, name)
        if inspect.isclass(shown) and not getattr(shown, "_is_protocol", False):  # its objects are a user's own
            assert name in OBJECTS, f"an object of {name} is missing above"
            assert isinstance(OBJECTS[name](), shown)
        elif isinstance(shown, dict | tuple | str):
            assert len(repr(shown)) <= 1200


def test_reprs_say_what_matters() -> None:
    assert repr(problem()) == "ExactProblem('gpt_s': accuracy, latency@a100)"
    limited = hb.noisy(problem(constraints=LIMITS), seed=1, repeats=3)
    limits = "accuracy >= 0.3, memory_bfloat16 <= 300"
    assert repr(limited) == f"NoisyProblem('gpt_s': accuracy, latency@a100; {limits}; noise seed 1, 3 repeats)"
    assert repr(problem().pareto_front()).startswith("ParetoFront(")
    assert "latency@a100 8.613 to 32.88 ms)" in repr(problem().pareto_front())
    assert repr(hb.LayerCounts.of(bench().space, some())) == "LayerCounts(of 200 architectures of 'gpt_s')"
    shown = repr(bench().predict(some(), "energy@a100"))
    assert shown.startswith("Prediction(of 200 architectures of 'gpt_s': median ")

    assert repr(comparison(12)).endswith("12 optimizers at 30 evaluations: 'mine_0', 'mine_1', 'mine_2', …)")


def test_a_front_as_a_table_shows_metrics_in_their_own_direction() -> None:
    front = problem().pareto_front()
    codes, values = front
    table = front.to_frame()
    assert list(table.columns) == ["accuracy", "latency@a100", "embed_dim", "n_layer", "mlp_ratio", "n_head", "bias"]
    assert (table["accuracy"] == -values[:, 0]).all()
    assert len(table) == len(codes)
    with pytest.raises(hb.InputError, match="does not know its space"):
        hb.ParetoFront(codes, values).to_frame()
    assert "ParetoFront" in hb.ParetoFront(codes, values)._repr_html_()


def test_a_prediction_as_a_table() -> None:
    prediction = bench().predict(some(), "latency@a100")
    table = prediction.to_frame(levels=(0.05, 0.5, 0.999))
    assert list(table.columns) == ["median", "mean", "std", "q05", "q50", "q99.9", "standard_error", "support"]
    assert (table["q50"] == prediction.median).all()


@pytest.mark.parametrize("settings", [{}, {"noise": "sample"}, {"constraints": LIMITS}])
def test_a_trajectory_as_a_table(settings: dict[str, object]) -> None:
    trajectory = run(**settings)
    table = trajectory.to_frame()
    assert (table["latency@a100"] == trajectory.values[:, 1]).all()
    assert ("centre:accuracy" in table) == ("noise" in settings)
    assert ("violation:memory_bfloat16" in table) == ("constraints" in settings)
    assert table["code"][3] == tuple(trajectory.codes[3].tolist())


@pytest.mark.parametrize("name", ["ParetoFront", "Prediction", "Trajectory"])
def test_a_notebook_shows_ten_rows(name: str) -> None:
    shown = OBJECTS[name]()._repr_html_()  # type: ignore[attr-defined]
    assert shown.count("<tr") == 11
    assert "more rows" in shown


def test_what_a_notebook_shows_is_escaped() -> None:
    space = hb.SearchSpace(
        name="<script>", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1,), bias=(True,)
    )
    codes = space.sample(3, np.random.default_rng(0))
    assert "<script>" not in hb.Benchmark(space).predict(codes, "params")._repr_html_()
