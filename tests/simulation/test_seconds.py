"""The optimizer's own seconds: counted, kept beside a result whose bytes do not change, and unknown where broken."""

import time
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import Problem, Trajectory, make_problem, simulate
from hwbench_mo.simulation.seconds import beside
from hwbench_mo.typing import Codes, Values
from optimizers import RandomSearch


class Slow:
    """Takes 2 ms a proposal and 1 ms to be told."""

    def __init__(self, problem: Problem) -> None:
        self.space, self.rng = problem.space, np.random.default_rng(0)

    def ask(self, n: int, /) -> Codes:
        time.sleep(0.002)
        return self.space.sample(min(n, 1), self.rng)

    def tell(self, codes: Codes, values: Values, /) -> None:
        time.sleep(0.001)


@pytest.fixture
def problem() -> Problem:
    return make_problem("gpt_s", ["perplexity", "latency@a100"])


def test_seconds_are_those_in_ask_and_tell(problem: Problem) -> None:
    start = time.perf_counter()
    run = simulate(problem, Slow(problem), budget=10)
    total = time.perf_counter() - start
    expected = 0.002 * np.arange(1, 11) + 0.001 * np.arange(10)
    assert (run.optimizer_seconds >= expected).all()
    assert run.optimizer_seconds[-1] < total
    assert (np.diff(run.optimizer_seconds) > 0).all()


def test_they_are_kept_beside_a_result_of_the_same_bytes(problem: Problem, tmp_path: Path) -> None:
    runs = [simulate(problem, RandomSearch(problem, seed=0), budget=2500, n_workers=3) for _ in range(2)]
    paths = [run.save(tmp_path / f"{place}.parquet") for place, run in enumerate(runs)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    for run, path in zip(runs, paths, strict=True):
        loaded = Trajectory.load(path)
        assert loaded.optimizer_seconds == pytest.approx(run.optimizer_seconds, rel=1e-6)
        assert not loaded.optimizer_seconds.flags.writeable
    beside(paths[0]).unlink()
    assert np.isnan(Trajectory.load(paths[0]).optimizer_seconds).all()


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 10_000])
def test_broken_ones_are_unknown(content: bytes, problem: Problem, tmp_path: Path) -> None:
    path = simulate(problem, RandomSearch(problem, seed=0), budget=5).save(tmp_path / "run.parquet")
    beside(path).write_bytes(content)
    assert np.isnan(Trajectory.load(path).optimizer_seconds).all()


def test_a_flipped_bit_and_arrays_of_another_form_are_unknown(problem: Problem, tmp_path: Path) -> None:
    path = simulate(problem, RandomSearch(problem, seed=0), budget=50).save(tmp_path / "run.parquet")
    good, whole = beside(path).read_bytes(), Trajectory.load(path).optimizer_seconds
    for place in range(0, len(good), 3):
        beside(path).write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
        found = Trajectory.load(path).optimizer_seconds
        assert np.isnan(found).all() or (found == whole).all()
    for wrong in (np.zeros(49), np.zeros((50, 1)), np.zeros(50, dtype=np.int64), np.full(50, np.nan), -np.ones(50)):
        np.savez_compressed(beside(path), seconds=wrong)
        assert np.isnan(Trajectory.load(path).optimizer_seconds).all()
    np.savez_compressed(beside(path), seconds=np.array([object()] * 50, dtype=object))
    assert np.isnan(Trajectory.load(path).optimizer_seconds).all()


def test_a_library_run_without_them_has_none(problem: Problem, tmp_path: Path) -> None:
    run = simulate(problem, RandomSearch(problem, seed=0), budget=5)
    own = Trajectory(codes=run.codes, values=run.values, finish_times=run.finish_times, objectives=run.objectives)
    path = own.save(tmp_path / "run.parquet")
    assert not beside(path).exists()
