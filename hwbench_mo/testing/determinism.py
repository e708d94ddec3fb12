"""Checks that a run depends on its seed and on the results alone, and leaves the rest of the process as it was."""

import random
import warnings

import numpy as np

from hwbench_mo.problems import Problem
from hwbench_mo.simulation import simulate
from hwbench_mo.testing.effort import Effort, Make
from hwbench_mo.testing.failure import require

LARGE = 1000
"""Architectures of a space from which on two seeds must not give the same run."""


def repeats_with_its_seed(make: Make, problem: Problem, effort: Effort) -> None:
    """The same seed gives the same run, byte for byte, whatever the global generators; another seed another run."""

    def run(seed: int) -> bytes:
        budget = effort.of(30)
        trajectory = simulate(problem, make(problem, seed=seed), budget=budget, n_workers=3)
        return trajectory.codes.tobytes() + trajectory.values.tobytes() + trajectory.finish_times.tobytes()

    first = run(0)
    if problem.space.size > LARGE:
        require(run(1) != first, "seeds 0 and 1 give the same run: is the seed used?")
    state = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        np.random.seed(123)  # noqa: NPY002
        random.seed(123)
        again = run(0)
    finally:
        np.random.set_state(state[0])  # noqa: NPY002
        random.setstate(state[1])
    require(again == first, "seed 0 gives another run the second time: draw from numpy.random.default_rng(seed) alone")


def leaves_global_generators_alone(make: Make, problem: Problem, effort: Effort) -> None:
    """A run changes neither numpy's global generator nor Python's."""
    before = np.random.get_state(), random.getstate()  # noqa: NPY002
    simulate(problem, make(problem, seed=0), budget=effort.of(40))
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    require(
        str(before) == str(after),
        "a run changed the global generator of numpy or random: draw from numpy.random.default_rng(seed)",
    )


def leaves_warnings_alone(make: Make, problem: Problem, effort: Effort) -> None:
    """A run leaves the filters of warnings as they were."""
    before = warnings.filters[:]
    simulate(problem, make(problem, seed=0), budget=effort.of(40))
    require(warnings.filters == before, "a run changed warnings.filters; change them in warnings.catch_warnings()")


def proposes_the_same_however_results_are_grouped(make: Make, problem: Problem, effort: Effort) -> None:
    """Results that are told one by one, three by three or all at once lead to the same proposals."""

    def proposed(n_told: int) -> bytes:
        optimizer = make(problem, seed=0)
        codes = []
        for _ in range(effort.of(8, 3)):
            codes.append(optimizer.ask(effort.of(8, 3)))
            values = problem.evaluate(codes[-1])
            for start in range(0, len(values), n_told):
                optimizer.tell(codes[-1][start : start + n_told], values[start : start + n_told])
        return np.concatenate(codes).tobytes()

    require(proposed(1) == proposed(3) == proposed(8), "proposals depend on how many results one call of tell brings")
