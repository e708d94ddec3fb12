"""Problems with constraints, against all architectures of small spaces, one by one."""

from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.pareto import nondominated
from hwbench_mo.problems.provenance import problem_of, provenance
from hwbench_mo.typing import Codes
from optimizers import RandomSearch
from tests.support.spaces import SMALL, codes_of, random_benchmark

OBJECTIVES = ["perplexity", "latency@a100"]
LIMITED = ("energy@h100", "params", "latency@a100", "flops")


def every() -> Codes:
    return np.array(codes_of(SMALL))


def limits_at(benchmark: hb.Benchmark, share: float, n: int) -> dict[str, float]:
    """Limits on n metrics, each kept by that share of all architectures."""
    codes = every()
    return {name: float(np.quantile(benchmark.predict(codes, name).median, share)) for name in LIMITED[:n]}


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_front_bounds_and_violations_are_those_of_all_feasible_architectures(n: int, share: float) -> None:
    benchmark, codes = random_benchmark(SMALL, n), every()
    limits = limits_at(benchmark, share, n)
    problem = hb.make_problem(benchmark, OBJECTIVES, constraints=limits)
    amounts = {name: benchmark.predict(codes, name).median for name in limits}
    feasible = np.all([amounts[name] <= limit for name, limit in limits.items()], axis=0)
    assert (problem.feasible(codes) == feasible).all()
    violations = problem.violations(codes)
    for column, name in enumerate(problem.constraints):
        assert violations[:, column] == pytest.approx(amounts[name] / limits[name] - 1, abs=1e-12)
    values = problem.evaluate(codes[feasible])
    expected = np.unique(values[nondominated(values)], axis=0)
    assert np.unique(problem.pareto_front().values, axis=0) == pytest.approx(expected, rel=1e-12)
    assert problem.ideal == pytest.approx(expected.min(axis=0))
    assert problem.nadir == pytest.approx(expected.max(axis=0))
    assert problem.feasible(problem.pareto_front().codes).all()


def check_front(problem: hb.Problem, codes: Codes) -> None:
    """Against all architectures: ``<=`` on what is predicted, and the front of those that keep it."""
    held = []
    for name, limit in problem.constraints.items():
        amount = problem.benchmark.predict(codes, name).median
        held.append(amount >= limit if name == "accuracy" else amount <= limit)
    feasible = np.all(held, axis=0)
    assert (problem.feasible(codes) == feasible).all()
    assert problem.feasible(problem.pareto_front().codes).all()
    values = problem.evaluate(codes[feasible])
    expected = np.unique(values[nondominated(values)], axis=0)
    found = np.unique(problem.pareto_front().values, axis=0)
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_an_architecture_that_is_exactly_at_every_limit_is_feasible(n: int) -> None:
    codes, rng = every(), np.random.default_rng(n)
    for seed in range(6):
        benchmark = random_benchmark(SMALL, seed)
        for just in (1.0, 1 + 1e-9, 1 - 1e-9):
            at = codes[rng.integers(len(codes))][None]
            names = rng.permutation(LIMITED)[:n].tolist()
            limits = {name: just * float(benchmark.predict(at, name).median[0]) for name in names}
            problem = hb.make_problem(benchmark, OBJECTIVES, constraints=limits)
            assert problem.feasible(at)[0] == (just >= 1)
            if problem.feasible(codes).any():
                check_front(problem, codes)
            else:
                with pytest.raises(hb.InfeasibleError, match="the nearest has"):
                    problem.pareto_front()


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_tables_that_ship_have_exact_fronts_at_limits_that_are_attained(n: int) -> None:
    small = hb.SearchSpace(
        name="few", embed_dim=(192, 768), n_layer=(10,), mlp_ratio=(2, 4), n_head=(4,), bias=(False, True), batch_size=8
    )
    benchmark, codes = hb.load_benchmark("gpt_s").restrict(small), np.array(list(small.enumerate()))
    limited = ("latency@rtx3080", "memory_bfloat16", "params", "energy@a100", "perplexity", "accuracy")
    rng = np.random.default_rng(n)
    for second in ("latency@a100", "max(latency@a100,latency@rtx3080)", "0.7*energy@a100+0.3*energy@h100"):
        for _ in range(3):
            at = codes[rng.integers(len(codes))][None]
            names = rng.permutation(limited)[:n].tolist()
            limits = {name: float(benchmark.predict(at, name).median[0]) for name in names}
            check_front(hb.make_problem(benchmark, ["perplexity", second], constraints=limits), codes)


def test_accuracy_is_limited_from_below() -> None:
    codes = hb.load_benchmark("gpt_s").space.sample(50, np.random.default_rng(0))
    problem = hb.make_problem("gpt_s", ["latency@a100"], constraints={"accuracy": 0.38})
    accuracy = problem.benchmark.predict(codes, "accuracy").median
    assert problem.violations(codes)[:, 0] == pytest.approx(1 - accuracy / 0.38)
    assert problem.benchmark.predict(problem.pareto_front().codes, "accuracy").median[0] >= 0.38


def test_what_cannot_be_kept_is_said_in_one_line_with_the_nearest() -> None:
    problem = hb.make_problem("gpt_s", OBJECTIVES, constraints={"latency@rtx3080": 1.0})
    with pytest.raises(hb.InputError, match=r"infeasible: no architecture .* nearest has latency@rtx3080 .*, off by"):
        problem.pareto_front()


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"latncy@a100": 3.0}, "unknown objective 'latncy@a100'"),
        ({"latency@a10": 3.0}, "a100"),
        ({"latency@a100": "fast"}, "limit of latency@a100 is 'fast', but must be a number of ms"),
        ({"latency@a100": -1}, "limit of latency@a100 is -1, but must be a positive number of ms"),
        ([("latency@a100", 3)], "limits are .* but must map names to numbers"),
    ],
)
def test_wrong_limits_are_refused(constraints: object, message: str) -> None:
    with pytest.raises(hb.InputError, match=message):
        hb.make_problem("gpt_s", OBJECTIVES, constraints=constraints)  # type: ignore[arg-type]


def test_the_name_is_that_of_the_limits_in_any_order() -> None:
    limits = {"memory_bfloat16": 300.0, "latency@rtx3080": 40}
    turned = dict([*limits.items()][::-1])
    one, other = (hb.make_problem("gpt_s", OBJECTIVES, constraints=own) for own in (limits, turned))
    assert one.name == other.name == "gpt_s-perplexity-latency@a100-within-latency@rtx3080=40-memory_bfloat16=300"
    assert hb.make_problem("gpt_s", OBJECTIVES, constraints={}).name == "gpt_s-perplexity-latency@a100"
    assert hb.noisy(one, seed=1).name == one.name
    assert "constraints" not in provenance(hb.make_problem("gpt_s", OBJECTIVES))
    assert problem_of(provenance(one), one.objectives).name == one.name


@pytest.mark.parametrize("noise", ["none", "sample"])
def test_runs_hold_violations_and_are_judged_by_feasible_architectures(tmp_path: Path, noise: str) -> None:
    limits = {"latency@rtx3080": 17.0, "memory_bfloat16": 250.0}
    problem = hb.make_problem("gpt_s", OBJECTIVES, constraints=limits, noise=noise)  # type: ignore[arg-type]
    config = hb.Run(name="random", seed=0).config
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=300, config=config)
    assert run.violations == pytest.approx(problem.violations(run.codes))
    assert 0 < run.feasible.sum() < 300
    again = hb.Trajectory.load(run.save(tmp_path / "run.parquet"))
    assert (again.violations == run.violations).all()
    regret = hb.regret_curve(problem, run)
    first = int(np.argmax(run.feasible))
    assert (regret[:first] == 1).all()
    assert regret[-1] == pytest.approx(hb.regret_curve(problem.noise_free, run.centre[run.feasible])[-1])
    assert hb.hypervolume_curve(run, reference=problem.reference_point)[-1] == pytest.approx(
        hb.hypervolume(run.centre[run.feasible], reference=problem.reference_point)
    )
    (comparison,) = hb.compare([run])
    assert comparison.problem.name == problem.name
    (own,) = comparison.groups[0].runs
    assert own.front.shape[1] == 2
    assert problem.feasible(run.codes[[(run.centre == point).all(axis=1).argmax() for point in own.front]]).all()


def test_a_run_without_a_feasible_architecture_has_regret_1() -> None:
    problem = hb.make_problem("gpt_s", OBJECTIVES, constraints={"latency@rtx3080": 12.6})
    runs = [
        hb.simulate(problem, RandomSearch(problem, seed=seed), budget=5, config=hb.Run(name="random", seed=seed).config)
        for seed in range(2)
    ]
    assert not any(run.feasible.any() for run in runs)
    assert hb.regret_curve(problem, runs[0]).tolist() == [1.0] * 5
    (comparison,) = hb.compare(runs)
    assert all(len(run.front) == 0 for run in comparison.groups[0].runs)
    assert all(np.isfinite(values).all() for run in comparison.groups[0].runs for values in run.indicators.values())


def test_an_evaluation_costs_what_its_constraints_take_to_measure() -> None:
    codes = hb.load_benchmark("gpt_s").space.sample(5, np.random.default_rng(0))
    alone = hb.make_problem("gpt_s", OBJECTIVES)
    limited = hb.make_problem("gpt_s", OBJECTIVES, constraints={"latency@rtx3080": 17.0})
    third = hb.make_problem("gpt_s", [*OBJECTIVES, "latency@rtx3080"])
    cost = hb.CostModel()
    assert (cost.seconds(limited, codes) > cost.seconds(alone, codes)).all()
    assert cost.seconds(limited, codes) == pytest.approx(cost.seconds(third, codes))
    assert cost.seconds_by_objective(limited, codes).shape == (5, 2)
