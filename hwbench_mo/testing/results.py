"""Checks of what results an optimizer survives: equal, extreme, few distinct, late, in any order."""

from collections.abc import Callable

import numpy as np

from hwbench_mo.problems import Problem
from hwbench_mo.testing.effort import Effort, Make
from hwbench_mo.testing.failure import require
from hwbench_mo.typing import Values

SCALES: dict[str, Callable[[Values], Values]] = {
    "all equal": lambda values: np.full_like(values, 3.0),
    "all zero": np.zeros_like,
    "one objective equal": lambda values: values * np.eye(1, values.shape[1], values.shape[1] - 1)[0],
    "tiny": lambda values: values * 1e-300,
    "huge": lambda values: values * 1e300,
    "one of each": lambda values: values * np.where(np.arange(values.shape[1]) % 2, 1e300, 1e-300),
    "from tiny to huge": lambda values: 10.0 ** np.interp(values, (0, 60), (-300, 300)),
    "of both signs": lambda values: (values - values.mean(axis=0)) * 1e300,
}


def survives_extreme_values(make: Make, problem: Problem, effort: Effort, scale: str) -> None:
    """Values that are equal, or of scales from 1e-300 to 1e300, stop no run; what is told is not changed."""
    optimizer = make(problem, seed=0)
    n_asked, size = 0, effort.of(8, 2)
    while n_asked < effort.of(48):
        codes = optimizer.ask(size)
        require(len(codes) > 0, f"proposes nothing any more after {n_asked} evaluations whose values are {scale}")
        n_asked += len(codes)
        values = SCALES[scale](problem.evaluate(codes))
        told = values.copy()
        values.setflags(write=False)
        codes.setflags(write=False)
        optimizer.tell(codes, values)
        require(bool((values == told).all()), "tell changed the values that it was given; take a copy")
    require(len(optimizer.ask(size)) > 0, f"proposes nothing any more after values that are {scale}")


def survives_few_distinct_values(make: Make, problem: Problem, effort: Effort) -> None:
    """Values of which many are equal stop no run."""
    optimizer = make(problem, seed=0)
    size = effort.of(8, 3)
    for n_distinct in (1, 2, 3) * effort.of(4, 1):
        codes = optimizer.ask(size)
        optimizer.tell(codes, problem.evaluate(codes) * 0 + np.arange(len(codes))[:, None] % n_distinct)
    require(len(optimizer.ask(size)) > 0, "proposes nothing any more after values of which many are equal")


def takes_results_late_and_in_any_order(make: Make, problem: Problem, effort: Effort) -> None:
    """Asynchronous workers: results come in any order, and while others are outstanding there are proposals."""
    optimizer = make(problem, seed=0)
    rng = np.random.default_rng(0)
    waiting = problem.space.sample(0, rng)
    n_asked = 0
    for _ in range(effort.of(60, 7)):
        codes = optimizer.ask(effort.of(4, 2))
        n_asked += len(codes)
        waiting = rng.permutation(np.concatenate([waiting, codes]))
        done, waiting = waiting[: len(waiting) // 2 + 1], waiting[len(waiting) // 2 + 1 :]
        optimizer.tell(done, problem.evaluate(done))
    least = effort.of(40, 7)
    require(n_asked >= least, f"proposed {n_asked} architectures where results come late, but {least} were expected")
