"""Schedules worked out by hand: repeats that go on, parts that are told early, workers that wait for each other.

And end to end: what a run saves is what the simulation gives.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from hwbench_mo import CostModel, InputError, Problem, Trajectory, make_problem, noisy, simulate
from hwbench_mo.simulation import Durations
from hwbench_mo.simulation.cost import places_of
from hwbench_mo.typing import Codes, Ints, Values
from optimizers import MOASHA, LocalSearch
from tests.support.commands import results, run
from tests.support.optimizers import needs_syne_tune
from tests.support.spaces import SMALL, random_benchmark

OBJECTIVES = ["perplexity", "latency@a100", "energy@h100", "params"]


class Fixed(CostModel):
    """Each repeat takes 1 second on the supernet, 1 + embed_dim's index on a device, and 3 on the other if there is."""

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        return ()

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        more = np.maximum(np.subtract(repeats, done), 0)
        n_places = 3 if len(problem.objectives) == 4 else 2
        each = np.stack([np.full(len(codes), 3.0), 1.0 + codes[:, 0], np.ones(len(codes))][-n_places:], axis=1)
        places = places_of(problem.objectives)[1]
        return Durations((each.T * more).T, self.setup * np.equal(done, 0), places, self.decoupled)


class Scripted:
    """Proposes rows one by one, ``at_once`` a time; keeps what it was told, with how often it had been asked."""

    def __init__(self, codes: Codes, *, at_once: int = 1) -> None:
        self.codes, self.batch_size, self.n = codes, at_once, 0
        self.log: list[tuple[str, list[int], Values]] = []

    def ask(self, n: int, /) -> Codes:
        asked = self.codes[self.n : self.n + min(n, self.batch_size)]
        self.n += len(asked)
        return asked

    def tell(self, codes: Codes, values: Values, /) -> None:
        self.log.append(("whole", self.rows(codes), values))

    def rows(self, codes: Codes) -> list[int]:
        return [int(np.flatnonzero((self.codes == code).all(axis=1))[0]) for code in codes]


class Repeating(Scripted):
    """Says how many repeats each proposal has."""

    def __init__(self, codes: Codes, counts: Any, **settings: Any) -> None:
        super().__init__(codes, **settings)
        self.counts, self.n_said = counts, 0

    def repeats(self, codes: Codes, /) -> Ints:
        assert not codes.flags.writeable
        said = self.counts[self.n_said : self.n_said + len(codes)]
        self.n_said += len(codes)
        return np.asarray(said)


class Listening(Scripted):
    """Is told parts."""

    def tell_part(self, codes: Codes, values: Values, /) -> None:
        assert not codes.flags.writeable
        assert not values.flags.writeable
        self.log.append(("part", self.rows(codes), values))


@pytest.fixture
def problem() -> Problem:
    return make_problem(random_benchmark(SMALL, 0), OBJECTIVES)


def architectures(widths: list[int]) -> Codes:
    codes = np.zeros((len(widths), SMALL.n_genes), dtype=np.int64)
    codes[:, 0] = widths
    for row in range(len(widths)):
        codes[row, [2, SMALL.mlp_genes.start, SMALL.head_genes.start]] = row % 2, row // 2 % 2, row // 4 % 3
    return codes


def test_more_repeats_go_on_where_fewer_ended() -> None:
    loud = noisy(make_problem("gpt_s", ["perplexity", "latency@a100", "params"]), seed=5)
    codes = loud.space.sample(6, np.random.default_rng(0))
    predictions = [loud.benchmark.predict(codes, name) for name in loud.objectives]
    draws = np.stack(
        [np.stack([p.sample(seed=5, repeat=draw << 32) for p in predictions], axis=1) for draw in range(10)]
    )
    draws *= loud.signs
    assert (draws[0] == loud.evaluate(codes, repeats=1)).all()
    assert len(np.unique(draws[:, 0, 1])) == 10
    for count in range(1, 11):
        assert loud.evaluate(codes, repeats=count) == pytest.approx(draws[:count].mean(axis=0), rel=1e-12)
    mixed = loud.evaluate(codes, repeats=[1, 10, 3, 1, 2, 5])
    alone = [
        loud.evaluate(code[None], repeats=count)[0] for code, count in zip(codes, [1, 10, 3, 1, 2, 5], strict=True)
    ]
    assert (mixed == alone).all()
    assert (mixed[:, 2] == loud.evaluate(codes, noise="none")[:, 2]).all()  # what is exact stays so
    assert (loud.evaluate(codes, noise="none", repeats=7) == loud.evaluate(codes, noise="none")).all()
    other = loud.evaluate(codes, repeat=1, repeats=4)
    assert not (other[:, :2] == loud.evaluate(codes, repeats=4)[:, :2]).any()
    by_default = make_problem("gpt_s", loud.objectives, noise="sample", seed=5, repeats=3)
    assert (by_default.evaluate(codes) == loud.evaluate(codes, repeats=3)).all()
    assert loud.evaluate(codes[:0], repeats=2).shape == (0, 3)


def test_more_repeats_have_less_noise() -> None:
    loud = noisy(make_problem("gpt_s", ["latency@a100"]), seed=0)
    code = loud.space.sample(1, np.random.default_rng(0))
    many = np.repeat(code, 4000, axis=0)
    spread = [loud.evaluate(many, repeat=np.arange(4000), repeats=count).std() for count in (1, 4)]
    assert spread[1] / spread[0] == pytest.approx(0.5, rel=0.15)


@pytest.mark.parametrize(
    ("repeats", "message"),
    [
        (0, "repeats are 0, but must be from 1 to 10"),
        (11, "repeats are 11, but must be from 1 to 10"),
        ([1, 12], "repeats are 12"),
        ([1, 1, 1], "must be one integer, or one for each of 2 architectures"),
        (2.0, "must be one integer"),
        (True, "must be one integer"),
    ],
)
def test_wrong_repeats_are_refused(repeats: Any, message: str) -> None:
    loud = noisy(make_problem("gpt_s", ["latency@a100"]), seed=0)
    with pytest.raises(InputError, match=message):
        loud.evaluate(loud.space.sample(2, np.random.default_rng(0)), repeats=repeats)
    with pytest.raises(InputError, match="repeats"):
        make_problem("gpt_s", ["latency@a100"], repeats=repeats)


def test_ten_repeats_cost_what_the_centre_does() -> None:
    quiet = make_problem("gpt_s", ["perplexity", "latency@a100", "energy@h100", "params"])
    codes = quiet.space.sample(4, np.random.default_rng(0))
    cost = CostModel(setup=7)
    latency = sum(quiet.benchmark.predict(codes, f"latency@{name}").median for name in ("a100", "h100")) / 1000
    supernet = 100 * quiet.benchmark.predict(codes, "flops").median / 1e14
    for count in (1, 3, 10):
        expected = 3 * 7 + count * (latency + supernet)
        loud = make_problem("gpt_s", quiet.objectives, noise="sample", repeats=count)
        assert cost.seconds(loud, codes) == pytest.approx(expected)
        assert cost.seconds(quiet, codes, repeats=count) == pytest.approx(expected)
        assert cost.seconds(quiet, codes, repeats=10, done=count) == pytest.approx((10 - count) * (latency + supernet))
    assert (cost.seconds(quiet, codes) == cost.seconds(quiet, codes, repeats=10)).all()
    mixed = cost.seconds(quiet, codes, repeats=np.array([1, 2, 10, 3]), done=np.array([0, 1, 0, 3]))
    assert mixed == pytest.approx([21, 0, 21, 0] + np.array([1, 1, 10, 0]) * (latency + supernet))
    assert (cost.seconds(quiet, codes, repeats=2, done=5) == 0).all()


def test_costs_by_objective_add_up_or_are_the_longest() -> None:
    problem = make_problem("gpt_s", ["params", "energy@a100", "perplexity", "latency@a100", "memory_float16", "flops"])
    codes = problem.space.sample(4, np.random.default_rng(0))
    cost = CostModel()
    params, energy, perplexity, latency, memory, flops = cost.seconds_by_objective(problem, codes).T
    assert (params == 0).all()
    assert (flops == 0).all()
    assert (energy == latency).all()
    assert latency == pytest.approx(10 + problem.benchmark.predict(codes, "latency@a100").median / 100)
    assert memory == pytest.approx(10 + problem.benchmark.predict(codes, "latency@rtx2080").median / 100)
    assert cost.seconds(problem, codes) == pytest.approx(energy + perplexity + memory)
    decoupled = CostModel(decoupled=True)
    longest = np.max([energy, perplexity, memory], axis=0)
    assert decoupled.seconds(problem, codes) == pytest.approx(longest)
    assert (decoupled.seconds(make_problem("gpt_s", ["params"]), codes) == 0).all()
    assert (decoupled.seconds_by_objective(problem, codes).max(axis=1) == decoupled.seconds(problem, codes)).all()


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


class Widths(CostModel):
    """Seconds by the index of embed_dim: 1 or 4."""

    def targets(self, problem: Problem, /) -> tuple[str, ...]:
        return ()

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        return Durations(np.where(codes[:, [0]] == 1, 4.0, 1.0), 0.0, (0,), decoupled=False)


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
