"""Schedules worked out by hand: repeats that go on, parts that are told early, workers that wait for each other.

And end to end: what a run saves is what the simulation gives.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import CostModel, InputError, Problem, Trajectory, make_problem, noisy, simulate
from optimizers import MOASHA, LocalSearch
from tests.support.commands import results, run
from tests.support.optimizers import needs_syne_tune
from tests.support.schedules import Fixed, Listening, Repeating, Scripted, Widths, architectures
from tests.support.spaces import SMALL, random_benchmark

OBJECTIVES = ["perplexity", "latency@a100", "energy@h100", "params"]


@pytest.fixture
def problem() -> Problem:
    return make_problem(random_benchmark(SMALL, 0), OBJECTIVES)


def test_a_measurement_that_goes_on_pays_for_what_is_added() -> None:
    """Of 2 seconds a repeat (1 on the device, 1 on the supernet; 3 where wide) and 20 of setting up.

    Narrow A at 1 repeat, 20 + 2; wide B at 2, 20 + 2 x 3; A at 3, two more, 4; A at 2, which it has, 0; B at 10, 8 x 3.
    """
    loud = noisy(make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"]), seed=1)
    narrow, wide = architectures([0, 1])
    optimizer = Repeating(np.stack([narrow, wide, narrow, narrow, wide]), [1, 2, 3, 2, 10])
    trajectory = simulate(loud, optimizer, budget=5, cost=Fixed())
    assert np.diff(trajectory.finish_times, prepend=0.0).tolist() == [22, 26, 4, 0, 24]
    assert trajectory.repeats.tolist() == [1, 2, 3, 2, 10]
    assert (trajectory.values == loud.evaluate(optimizer.codes, repeats=[1, 2, 3, 2, 10])).all()
    assert trajectory.start_times.tolist() == [0, 22, 48, 52, 52]


def test_repeats_in_one_batch_go_on_from_each_other() -> None:
    loud = noisy(make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"]), seed=1)
    (code,) = architectures([0])
    optimizer = Repeating(np.stack([code, code, code]), [2, 5, 6], at_once=3)
    trajectory = simulate(loud, optimizer, budget=3, cost=Fixed())
    assert np.diff(trajectory.finish_times, prepend=0.0).tolist() == [24, 6, 2]


def test_repeats_without_noise_change_the_cost_alone() -> None:
    quiet = make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"])
    optimizer = Repeating(architectures([0, 0]), [1, 10])
    trajectory = simulate(quiet, optimizer, budget=2, cost=Fixed())
    assert trajectory.finish_times.tolist() == [22, 62]
    assert (trajectory.values == quiet.evaluate(optimizer.codes)).all()
    assert simulate(quiet, Scripted(architectures([0])), budget=1, cost=Fixed()).repeats.tolist() == [10]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([0], "repeats are 0, but must be from 1 to 10"),
        ([11], "repeats are 11"),
        ([1.0], "must be one integer"),
        ([[1]], r"the optimizer's repeats have shape \(1, 1\), but must be \[1\]"),
    ],
)
def test_wrong_answers_on_repeats_are_refused(problem: Problem, counts: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(problem, Repeating(architectures([0]), counts), budget=1, cost=Fixed())


def test_decoupled_parts_by_hand(problem: Problem) -> None:
    """Perplexity takes 10 + 10 x 1 seconds, latency 10 + 10 x 3, energy 10 + 10 x 1 or, where wide, x 2; params none.

    Job 0 (narrow): params at 0, perplexity and energy at 20, all at 40. Job 1 (wide) on the other worker: params at 0,
    perplexity at 20, energy at 30, all at 40. Job 2 (narrow), from 40 to 80 when job 0 is told: the same as job 0.
    """
    optimizer = Listening(architectures([0, 1, 0]), at_once=2)
    trajectory = simulate(problem, optimizer, budget=3, n_workers=2, cost=Fixed(decoupled=True))
    assert trajectory.finish_times.tolist() == [40, 40, 80]
    assert trajectory.start_times.tolist() == [0, 0, 40]
    truth = problem.evaluate(optimizer.codes)
    # perplexity, latency@a100, energy@h100, params
    expected = [
        ("part", [0, 1], ["params"]),
        ("part", [0], ["perplexity", "energy@h100", "params"]),
        ("part", [1], ["perplexity", "params"]),
        ("part", [1], ["perplexity", "energy@h100", "params"]),
        ("whole", [0], OBJECTIVES),
        ("part", [2], ["params"]),
        ("whole", [1], OBJECTIVES),
        ("part", [2], ["perplexity", "energy@h100", "params"]),
        ("whole", [2], OBJECTIVES),
    ]
    assert [(kind, rows) for kind, rows, _ in optimizer.log] == [(kind, rows) for kind, rows, _ in expected]
    for (_, rows, values), (_, _, known) in zip(optimizer.log, expected, strict=True):
        is_known = np.array([name in known for name in OBJECTIVES])
        assert (values[:, is_known] == truth[rows][:, is_known]).all()
        assert np.isnan(values[:, ~is_known]).all()


def test_parts_are_told_where_the_cost_is_decoupled_alone(problem: Problem) -> None:
    optimizer = Listening(architectures([0, 1]))
    simulate(problem, optimizer, budget=2, cost=Fixed())
    assert [kind for kind, _, _ in optimizer.log] == ["whole", "whole"]
    deaf = Scripted(architectures([0, 1]))
    listened = Listening(architectures([0, 1]))
    runs = [simulate(problem, each, budget=2, cost=Fixed(decoupled=True)) for each in (deaf, listened)]
    assert runs[0].finish_times.tolist() == runs[1].finish_times.tolist() == [40, 80]


def test_what_costs_nothing_is_told_as_a_whole_alone() -> None:
    free = make_problem(random_benchmark(SMALL, 0), ["params", "flops"])
    optimizer = Listening(architectures([0, 1, 0]))
    trajectory = simulate(free, optimizer, budget=3, cost=CostModel(decoupled=True))
    assert trajectory.finish_times.tolist() == [0, 0, 0]
    assert [kind for kind, _, _ in optimizer.log] == ["whole"] * 3
    assert trajectory.idle_share == 0


def test_synchronous_workers_by_hand(problem: Problem) -> None:
    """Jobs of 4, 1, 1, 4, 1 seconds on two workers: (4, 1) until 4, (1, 4) until 8, (1) until 9; busy 11 of 18."""
    codes = architectures([1, 0, 0, 1, 0])
    waited = simulate(problem, Scripted(codes, at_once=2), budget=5, n_workers=2, synchronous=True, cost=Widths())
    assert waited.finish_times.tolist() == [1, 4, 5, 8, 9]
    assert waited.start_times.tolist() == [0, 0, 4, 4, 8]
    assert waited.idle_share == pytest.approx(1 - 11 / 18)
    assert waited.provenance["synchronous"] is True
    # Else: A is busy until 4 and then with the last until 5, B with 1, 1, 4 until 6.
    free = simulate(problem, Scripted(codes, at_once=2), budget=5, n_workers=2, cost=Widths())
    assert free.finish_times.tolist() == [1, 2, 4, 5, 6]
    assert free.idle_share == pytest.approx(1 - 11 / 12)


def test_synchronous_batches_are_larger_than_the_workers(problem: Problem) -> None:
    """Batches of 3 on two workers, 4, 1, 1 (done at 4, 1, 2), then 1, 4, 1 from 4 on (5, 8, 6)."""
    codes = architectures([1, 0, 0, 0, 1, 0])
    run = simulate(problem, Scripted(codes, at_once=3), budget=6, n_workers=2, synchronous=True, cost=Widths())
    assert run.finish_times.tolist() == [1, 2, 4, 5, 6, 8]


def assert_saved(path: Path, expected: Trajectory) -> None:
    """The run on disk is the one that was simulated directly."""
    saved = Trajectory.load(path)
    for name in ("codes", "values", "centre", "finish_times", "start_times", "repeats"):
        assert (getattr(saved, name) == getattr(expected, name)).all(), name
    assert len(saved) == len(expected)
    assert saved.idle_share == expected.idle_share


def test_workers_and_costs_are_those_of_a_simulation(tmp_path: Path) -> None:
    """n_workers, synchronous and cost=decoupled, in all combinations."""
    sweep = run(
        "experiments.run", "-m", "optimizer=local_search", "seed=3", "budget=60", "n_workers=4",
        "synchronous=false,true", "cost=measured,decoupled", f"out={tmp_path}",
    )  # fmt: skip
    assert sweep.returncode == 0, sweep.stderr
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    makespans, idle = {}, {}
    for path in results(tmp_path):
        config = Trajectory.load(path).config
        setting = synchronous, decoupled = config["synchronous"], config["cost"]["decoupled"]
        expected = simulate(
            problem,
            LocalSearch(problem, seed=3),
            budget=60,
            n_workers=4,
            synchronous=synchronous,
            cost=CostModel(decoupled=decoupled),
        )
        assert_saved(path, expected)
        makespans[setting], idle[setting] = expected.finish_times[-1], expected.idle_share
        (line,) = [line for line in sweep.stdout.splitlines() if line.endswith(str(path))]
        assert f"workers idle {expected.idle_share:.1%} of them" in line
    assert len(makespans) == 4
    for decoupled in (False, True):
        assert idle[True, decoupled] > 2 * idle[False, decoupled] > 0
    for synchronous in (False, True):
        assert makespans[synchronous, True] < makespans[synchronous, False]


@needs_syne_tune
def test_repeats_are_those_of_a_simulation(tmp_path: Path) -> None:
    done = run(
        "experiments.run", "optimizer=moasha", "seed=3", "budget=60", "n_workers=4", "problem.noise=sample",
        f"out={tmp_path}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample", seed=3)
    expected = simulate(problem, MOASHA(problem, seed=3), budget=60, n_workers=4)
    (path,) = results(tmp_path)
    assert_saved(path, expected)
    assert set(expected.repeats.tolist()) == {1, 3, 9, 10}
    assert not (expected.values == expected.centre).all()
