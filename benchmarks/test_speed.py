"""Speed. Run with ``make bench``; figures are of the machine at hand, medians of many rounds.

Shares and rates are printed as they are measured; the framework's own part is taken within the same runs.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hwbench_mo import Problem, Trajectory, load_benchmark, make_problem, regret_curve, simulate
from hwbench_mo.typing import Codes, Values
from optimizers import NSGA2, LocalSearch, RandomSearch

OBJECTIVES = ["perplexity", "latency@a100"]


def print_line(text: str) -> None:
    print(f"\n    {text}")


@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_evaluate_100000(benchmark: Any, name: str) -> None:
    problem = make_problem(name, OBJECTIVES)
    codes = problem.space.sample(100_000, np.random.default_rng(0))
    benchmark(problem.evaluate, codes)
    print_line(f"{name}: {0.1 / benchmark.stats.stats.median:.2f} M architectures/s")


def test_evaluate_one(benchmark: Any) -> None:
    problem = make_problem("gpt_s", OBJECTIVES)
    codes = problem.space.sample(1, np.random.default_rng(0))
    benchmark(problem.evaluate, codes)
    print_line(f"one code: {benchmark.stats.stats.median * 1e6:.0f} µs")


@pytest.mark.parametrize("make", [RandomSearch, LocalSearch, NSGA2])
def test_run_1000(benchmark: Any, make: Callable[..., RandomSearch]) -> None:
    """End to end: the problem, its exact front, 1,000 evaluations, the hypervolume curve."""

    def end_to_end() -> float:
        problem = make_problem(replace(load_benchmark("gpt_s")), OBJECTIVES)  # a copy knows no front yet
        trajectory = simulate(problem, make(problem, seed=0), budget=1000)
        return float(regret_curve(problem, trajectory.values)[-1])

    benchmark.pedantic(end_to_end, rounds=15, warmup_rounds=2)
    print_line(f"{make.__name__}: {benchmark.stats.stats.median * 1000:.0f} ms")


class Timed:
    """Counts the seconds that are spent inside an optimizer."""

    def __init__(self, optimizer: NSGA2) -> None:
        self.optimizer, self.batch_size, self.seconds = optimizer, optimizer.batch_size, 0.0

    def ask(self, n: int, /) -> Codes:
        start = time.perf_counter()
        codes = self.optimizer.ask(n)
        self.seconds += time.perf_counter() - start
        return codes

    def tell(self, codes: Codes, values: Values, /) -> None:
        start = time.perf_counter()
        self.optimizer.tell(codes, values)
        self.seconds += time.perf_counter() - start


def test_nsga2_share_of_the_framework(benchmark: Any) -> None:
    """Simulation alone, NSGA-II at pop_size 100: what is not spent inside pymoo and its adapter."""
    problem = make_problem("gpt_s", OBJECTIVES)
    shares: list[float] = []

    def run() -> Trajectory:
        optimizer = Timed(NSGA2(problem, seed=0))
        start = time.perf_counter()
        trajectory = simulate(problem, optimizer, budget=1000)
        shares.append(1 - optimizer.seconds / (time.perf_counter() - start))
        return trajectory

    benchmark.pedantic(run, rounds=15, warmup_rounds=2)
    print_line(f"the framework's own part: {100 * statistics.median(shares):.1f} %")


@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_exact_front(benchmark: Any, name: str) -> None:
    def front() -> Problem:
        problem = make_problem(replace(load_benchmark(name)), OBJECTIVES)
        problem.pareto_front()
        return problem

    problem = benchmark.pedantic(front, rounds=7, warmup_rounds=1)
    print_line(f"{name}: {len(problem.pareto_front().values)} points in {benchmark.stats.stats.median * 1000:.0f} ms")


def test_import_and_load(benchmark: Any) -> None:
    """In a fresh process: `import hwbench_mo` and `load_benchmark`, without the start of Python itself."""
    script = (
        "import time; start = time.perf_counter(); import hwbench_mo as hb; hb.load_benchmark('gpt_s'); "
        "print(time.perf_counter() - start)"
    )
    seconds: list[float] = []

    def run() -> None:
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        seconds.append(float(done.stdout))

    benchmark.pedantic(run, rounds=9, warmup_rounds=1)
    print_line(f"import and load: {statistics.median(seconds) * 1000:.0f} ms")


def test_sample_canonical_and_counts_of_a_million(benchmark: Any) -> None:
    space = make_problem("gpt_s", OBJECTIVES).space

    def run() -> None:
        space.counts(space.canonical(space.sample(1_000_000, np.random.default_rng(0))))

    benchmark.pedantic(run, rounds=3)
    print_line(f"a million codes sampled, made canonical, counted: {benchmark.stats.stats.median:.2f} s")
