"""Simulation: schedules worked out by hand, what an optimizer may and may not do, and trajectories on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hwbench_mo import CostModel, InputError, Problem, Trajectory, make_problem, noisy, simulate
from hwbench_mo.simulation import Durations
from hwbench_mo.typing import Codes, Ints, Values
from tests.support.spaces import SMALL, random_benchmark


class Listed:
    """Proposes given codes in order, in generations of ``generation`` if it is given; keeps what it was told."""

    def __init__(self, codes: Codes, *, generation: int | None = None) -> None:
        self.codes, self.generation = codes, generation
        if generation is not None:
            self.batch_size = generation
        self.asked: list[int] = []
        self.told: list[tuple[Codes, Values]] = []

    def ask(self, n: int, /) -> Codes:
        self.asked.append(n)
        start = sum(len(codes) for codes, _ in self.told) if self.generation else self.proposed
        if self.generation and start < self.proposed:
            return self.codes[:0]
        asked = self.codes[self.proposed : self.proposed + n]
        self._proposed = self.proposed + len(asked)
        return asked

    @property
    def proposed(self) -> int:
        return getattr(self, "_proposed", 0)

    def tell(self, codes: Codes, values: Values, /) -> None:
        self.told.append((codes, values))


class Seconds(CostModel):
    """A cost of given seconds, by embed_dim's index and n_layer's: 1, 2 (deeper), 3, 4."""

    def durations(
        self, problem: Problem, codes: Codes, answers: Values, /, *, repeats: Ints | int, done: Ints | int
    ) -> Durations:
        seconds = np.asarray(1 + 2 * codes[:, [0]] + codes[:, [1]], dtype=np.float64)
        return Durations(seconds, 0.0, (0,), decoupled=False)


@pytest.fixture
def problem() -> Problem:
    return make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"])


def jobs_of(seconds: list[int]) -> Codes:
    """Distinct codes that take so many seconds by `Seconds`."""
    codes = np.zeros((len(seconds), SMALL.n_genes), dtype=np.int64)
    codes[:, 0], codes[:, 1] = np.divmod(np.array(seconds) - 1, 2)
    for row in range(len(seconds)):
        codes[row, [2, SMALL.mlp_genes.start, SMALL.head_genes.start]] = row % 2, row // 2 % 2, row // 4 % 3
    return codes


def test_one_worker_works_in_order(problem: Problem) -> None:
    optimizer = Listed(jobs_of([4, 1, 3]))
    trajectory = simulate(problem, optimizer, budget=3, cost=Seconds())
    assert trajectory.finish_times.tolist() == [4, 5, 8]
    assert (trajectory.codes == optimizer.codes).all()
    assert optimizer.asked == [1, 1, 1]
    assert [len(codes) for codes, _ in optimizer.told] == [1, 1, 1]


def test_asynchronous_workers_by_hand(problem: Problem) -> None:
    """Workers A and B; jobs of 4, 1, 3, 2, 1 seconds.

    A: job 0 until 4, then job 3 until 6. B: job 1 until 1, job 2 until 4, job 4 until 5 (of the two that are free at 4,
    the one whose job was proposed first is served first; job 3 starts with job 4 at 4).
    """
    optimizer = Listed(jobs_of([4, 1, 3, 2, 1]))
    trajectory = simulate(problem, optimizer, budget=5, n_workers=2, cost=Seconds())
    order = [int(np.flatnonzero((optimizer.codes == code).all(axis=1))[0]) for code in trajectory.codes]
    assert trajectory.finish_times.tolist() == [1, 4, 4, 5, 6]
    assert order == [1, 0, 2, 4, 3]
    told = np.concatenate([values for _, values in optimizer.told])
    assert (told == trajectory.values).all()
    assert optimizer.asked[0] == 2


def test_generations_wait_for_their_last(problem: Problem) -> None:
    """Two generations of 3 on two workers: 4, 1, 2 (done at 4, 1, 3), then 1, 1, 3 from 4 on (5, 5, 8)."""
    optimizer = Listed(jobs_of([4, 1, 2, 1, 1, 3]), generation=3)
    trajectory = simulate(problem, optimizer, budget=6, n_workers=2, cost=Seconds())
    assert trajectory.finish_times.tolist() == [1, 3, 4, 5, 5, 8]
    assert sum(len(codes) for codes, _ in optimizer.told) == 6


def test_asking_for_everything_at_once_gives_the_same_schedule(problem: Problem) -> None:
    codes = jobs_of([4, 1, 3, 2, 1, 2, 4, 3])
    single = simulate(problem, Listed(codes), budget=8, n_workers=3, cost=Seconds())
    batched = Listed(codes)
    batched.batch_size = 8
    whole = simulate(problem, batched, budget=8, n_workers=3, cost=Seconds())
    assert batched.asked == [8]
    assert (single.codes == whole.codes).all()
    assert (single.finish_times == whole.finish_times).all()


def test_the_budget_is_never_exceeded_and_an_exhausted_optimizer_ends_the_run(problem: Problem) -> None:
    optimizer = Listed(jobs_of([1] * 5))
    optimizer.batch_size = 4
    assert len(simulate(problem, optimizer, budget=3)) == 3
    assert optimizer.asked == [3]
    assert len(simulate(problem, Listed(jobs_of([1] * 5)), budget=9)) == 5


def test_cost_is_what_measuring_takes() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100", "energy@a100", "latency@xeon_gold", "params"])
    codes = problem.space.sample(5, np.random.default_rng(0))
    bench = problem.benchmark
    cost = CostModel(setup=7, repeats=3, passes=100, flops_per_second=1e12)
    on_devices = (
        3 * (bench.predict(codes, "latency@a100").median + bench.predict(codes, "latency@xeon_gold").median) / 1000
    )
    on_supernet = 3 / 10 * 100 * bench.predict(codes, "flops").median / 1e12  # a tenth of the passes for each repeat
    assert cost.seconds(problem, codes) == pytest.approx(3 * 7 + on_devices + on_supernet)
    free = make_problem("gpt_s", ["params", "flops"])
    assert (cost.seconds(free, codes) == 0).all()
    memory = make_problem("gpt_s", ["memory_float16"])
    assert cost.seconds(memory, codes) == pytest.approx(7 + 3 * bench.predict(codes, "latency@rtx2080").median / 1000)
    with pytest.raises(InputError, match=r"cost.repeats is -1"):
        CostModel(repeats=-1)


def test_with_noise_the_optimizer_sees_draws_and_the_centre_is_kept() -> None:
    quiet = make_problem("gpt_s", ["perplexity", "latency@a100"])
    loud = noisy(quiet, seed=2)
    (code,) = quiet.space.sample(1, np.random.default_rng(0))
    optimizer = Listed(np.stack([code, code, code]))
    trajectory = simulate(loud, optimizer, budget=3)
    assert len(np.unique(trajectory.values[:, 1])) == 3  # a repeated measurement differs
    assert (trajectory.centre == quiet.evaluate(optimizer.codes)).all()
    expected = [loud.evaluate(code[None], repeat=repeat)[0] for repeat in range(3)]
    assert (trajectory.values == expected).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"budget": 0}, "budget is 0, but must be at least 1"),
        ({"budget": -3}, "budget is -3"),
        ({"budget": 2.0}, "budget is 2.0, but must be an integer"),
        ({"budget": True}, "budget is True, but must be an integer"),
        ({"budget": 1, "n_workers": 0}, "n_workers is 0, but must be at least 1"),
    ],
)
def test_wrong_budgets_are_refused(problem: Problem, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate(problem, Listed(jobs_of([1])), **settings)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n: SMALL.sample(n + 1, np.random.default_rng(0)), "asked for at most 1 architectures and proposed 2"),
        (lambda n: np.full((n, SMALL.n_genes), 9), r"codes\[0, 0\] is 9"),
        (lambda n: np.zeros((n, 3), dtype=int), r"shape \(1, 3\)"),
        (lambda n: np.zeros((n, SMALL.n_genes)), "type float64"),
    ],
)
def test_wrong_proposals_are_refused(problem: Problem, answer: Callable[[int], Codes], message: str) -> None:
    class Wrong:
        def ask(self, n: int, /) -> Codes:
            return answer(n)

        def tell(self, codes: Codes, values: Values, /) -> None: ...

    with pytest.raises(InputError, match=message):
        simulate(problem, Wrong(), budget=5)
    with pytest.raises(InputError, match="needs the methods ask and tell"):
        simulate(problem, object(), budget=5)  # type: ignore[arg-type]


@pytest.fixture
def trajectory(problem: Problem) -> Trajectory:
    config = {"optimizer": {"name": "listed"}, "seed": 3}
    return simulate(problem, Listed(jobs_of([4, 1, 3, 2])), budget=4, n_workers=2, config=config)


def test_a_trajectory_comes_back_as_it_was_saved(trajectory: Trajectory, tmp_path: Path) -> None:
    _assert_equal(Trajectory.load(trajectory.save(tmp_path / "a" / "run.parquet")), trajectory)
    loud = noisy(make_problem("gpt_s", ["accuracy", "latency@a100"]), seed=2)
    heard = simulate(loud, Listed(loud.space.sample(9, np.random.default_rng(0))), budget=9)
    _assert_equal(Trajectory.load(heard.save(tmp_path / "noisy.parquet")), heard)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "noisy.parquet"]


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
    assert list(tmp_path.iterdir()) == [path]


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
