"""Trajectories: arrays that do not fit are refused; files hold all of a run, and are never replaced."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hwbench_mo import InputError, Problem, Trajectory, make_problem, noisy, simulate
from tests.support.schedules import Fixed, Listed, Repeating, architectures, jobs_of
from tests.support.spaces import SMALL, random_benchmark


@pytest.fixture
def problem() -> Problem:
    return make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"])


@pytest.fixture
def trajectory(problem: Problem) -> Trajectory:
    config = {"optimizer": {"name": "listed"}, "seed": 3}
    return simulate(problem, Listed(jobs_of([4, 1, 3, 2])), budget=4, n_workers=2, config=config)


def test_a_trajectory_comes_back_as_it_was_saved(trajectory: Trajectory, tmp_path: Path) -> None:
    _assert_equal(Trajectory.load(trajectory.save(tmp_path / "a" / "run.parquet")), trajectory)
    loud = noisy(make_problem("gpt_s", ["accuracy", "latency@a100"]), seed=2)
    heard = simulate(loud, Listed(loud.space.sample(9, np.random.default_rng(0))), budget=9)
    _assert_equal(Trajectory.load(heard.save(tmp_path / "noisy.parquet")), heard)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "noisy.parquet", "noisy.seconds.npz"]


def _assert_equal(loaded: Trajectory, saved: Trajectory) -> None:
    for name in ("codes", "values", "centre", "finish_times"):
        assert (getattr(loaded, name) == getattr(saved, name)).all()
        assert getattr(loaded, name).dtype == getattr(saved, name).dtype
        assert not getattr(loaded, name).flags.writeable
    assert loaded.objectives == saved.objectives
    assert loaded.config == saved.config
    assert loaded.provenance["hwbench_mo"] == saved.provenance["hwbench_mo"]


def test_a_trajectory_is_never_replaced(trajectory: Trajectory, tmp_path: Path) -> None:
    path = trajectory.save(tmp_path / "run.parquet")
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="exists already, and results are never replaced"):
        trajectory.save(path)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path, path.with_suffix(".seconds.npz")]


def test_files_that_are_no_trajectories_are_refused(trajectory: Trajectory, tmp_path: Path) -> None:
    path = trajectory.save(tmp_path / "run.parquet")
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 1):
        truncated = tmp_path / f"{length}.parquet"
        truncated.write_bytes(content[:length])
        with pytest.raises(InputError, match="truncated, or not a trajectory"):
            Trajectory.load(truncated)
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(pa.table({"a": [1]}), foreign)
    with pytest.raises(InputError, match="not a trajectory in format 2"):
        Trajectory.load(foreign)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Trajectory.load(tmp_path / "missing.parquet")


def test_a_trajectory_is_checked(trajectory: Trajectory) -> None:
    with pytest.raises(InputError, match=r"values have shape \(3, 2\), but a trajectory needs \[4, 2\]"):
        Trajectory(
            codes=trajectory.codes,
            values=trajectory.values[:3],
            finish_times=trajectory.finish_times,
            objectives=trajectory.objectives,
        )
    with pytest.raises(InputError, match="finish_times must be finite and ascending"):
        Trajectory(
            codes=trajectory.codes,
            values=trajectory.values,
            finish_times=trajectory.finish_times[::-1],
            objectives=trajectory.objectives,
        )


def test_start_times_and_repeats_are_saved_and_files_without_them_are_refused(problem: Problem, tmp_path: Path) -> None:
    run = simulate(problem, Repeating(architectures([0, 1, 0]), [2, 3, 4]), budget=3, n_workers=2, cost=Fixed())
    path = run.save(tmp_path / "new.parquet")
    loaded = Trajectory.load(path)
    assert (loaded.start_times == run.start_times).all()
    assert (loaded.repeats == run.repeats).all()
    assert loaded.repeats.dtype == np.int64
    assert loaded.idle_share == run.idle_share > 0
    pq.write_table(pq.read_table(path).drop_columns(["start_time", "repeats"]), tmp_path / "old.parquet")
    with pytest.raises(InputError, match=r"old\.parquet: not a trajectory: .*start_time"):
        Trajectory.load(tmp_path / "old.parquet")
    old = Trajectory(codes=run.codes, values=run.values, finish_times=run.finish_times, objectives=run.objectives)
    assert (old.values == run.values).all()
    assert np.isnan(old.start_times).all()
    assert np.isnan(old.idle_share)
    assert old.repeats.tolist() == [1, 1, 1]
    with pytest.raises(InputError, match="start_times must not be later than finish_times"):
        Trajectory(
            codes=run.codes,
            values=run.values,
            finish_times=run.finish_times,
            start_times=run.finish_times + 1,
            objectives=run.objectives,
        )


def test_a_part_of_a_run_without_constraints_is_a_run(trajectory: Trajectory) -> None:
    names = ("codes", "values", "centre", "finish_times", "start_times", "repeats", "optimizer_seconds")
    part = replace(trajectory, **{name: getattr(trajectory, name)[:2] for name in names})
    assert part.violations.shape == (2, 0)
    assert part.feasible.all()
