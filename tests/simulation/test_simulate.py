"""Simulation: schedules worked out by hand, and what an optimizer may and may not do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, Problem, make_problem, noisy, simulate
from hwbench_mo.typing import Codes, Values
from tests.support.schedules import Listed, Seconds, jobs_of
from tests.support.spaces import SMALL, random_benchmark


@pytest.fixture
def problem() -> Problem:
    return make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"])


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
