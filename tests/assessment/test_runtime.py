"""Distributions of runtimes, counted by hand."""

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment.run_curves import TARGETS, curves_of
from hwbench_mo.assessment.runtime import runtime_table
from optimizers import RandomSearch
from tests.support.comparisons import comparison_of


@pytest.mark.parametrize("multiple", [1, 4])
def test_runtimes_are_the_first_evaluation_at_a_target(multiple: int) -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    config = {"optimizer": {"name": "random_search", "multiple": multiple}}
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=203, config=config)
    regret = hb.regret_curve(problem, run)
    for target, runtime in zip(TARGETS, curves_of(problem, run).runtimes, strict=True):
        reached = np.flatnonzero(regret <= target)
        assert runtime == (reached[0] // multiple + 1) if len(reached) else np.isnan(runtime)


def test_shares_are_of_all_pairs_of_run_and_target() -> None:
    comparison = comparison_of({"x": [0.01, 0.1], "y": [0.5]})
    table = runtime_table([comparison])
    assert set(table["optimizer"]) == {"x", "y"}
    for group in comparison.groups:
        own = table[table["optimizer"] == group.label]
        times = np.concatenate([run.runtimes for run in group.runs])
        for budget, share in zip(own["budget"], own["share"], strict=True):
            assert share == pytest.approx(np.mean(times <= budget))
        assert own["share"].is_monotonic_increasing
        assert own["share"].iloc[-1] == pytest.approx(np.mean(~np.isnan(times)))
    # 21 of 41 targets are at least 0.01, 11 at least 0.1
    assert table[table["optimizer"] == "x"]["share"].iloc[-1] == pytest.approx((21 + 11) / 82)


def test_problems_weigh_alike_whatever_their_seeds() -> None:
    one, two = comparison_of({"x": [0.01]}), comparison_of({"x": [0.1] * 9}, space="gpt_m")
    table = runtime_table([one, two])
    assert table["share"].iloc[-1] == pytest.approx((21 / 41 + 11 / 41) / 2)
    assert (table["problems"] == 2).all()


def test_axes() -> None:
    comparison = comparison_of({"x": [0.01]})
    evaluations, hours, seconds = (
        runtime_table([comparison], axis=axis) for axis in ("evaluations", "hours", "seconds")
    )
    assert hours["budget"].tolist() == pytest.approx((evaluations["budget"] / 10).tolist())
    assert seconds["budget"].tolist() == pytest.approx((evaluations["budget"] / 100).tolist())
    with pytest.raises(hb.InputError, match="unknown axis 'minutes'"):
        runtime_table([comparison], axis="minutes")  # type: ignore[arg-type]
    assert runtime_table([]).columns.tolist() == ["optimizer", "budget", "share", "problems"]
