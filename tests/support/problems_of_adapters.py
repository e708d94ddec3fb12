"""Problems that every adapter is tested on, and what it must answer."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import Problem
from hwbench_mo.typing import Codes, Values
from tests.support.spaces import SMALL, codes_of, random_benchmark
from tests.support.tables import random_table


@cache
def constrained() -> Problem:
    benchmark = random_benchmark(SMALL, 3)
    codes = codes_of(SMALL)
    bounds = {
        "latency@a100": float(np.quantile(benchmark.predict(codes, "latency@a100").median, 0.5)),
        "accuracy": float(np.quantile(benchmark.predict(codes, "accuracy").median, 0.3)),
    }
    return hb.make_problem(benchmark, ["perplexity", "params"], constraints=bounds)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "2 objectives": lambda: hb.make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"]),
    "3 objectives": lambda: hb.make_problem(random_benchmark(SMALL, 1), ["accuracy", "latency@a100", "params"]),
    "gpt_s": lambda: hb.make_problem("gpt_s", ["accuracy", "energy@h100"]),
    "noisy": lambda: hb.make_problem(random_benchmark(SMALL, 2), ["accuracy", "latency@a100"], noise="sample", seed=3),
    "table": lambda: hb.make_problem(random_table(), ["perplexity", "latency@a100"]),
    "constrained": constrained,
}
every_problem = pytest.mark.parametrize("problem", [cache(make) for make in PROBLEMS.values()], ids=list(PROBLEMS))


def proposals(problem: Problem, n: int = 20) -> Codes:
    """Any choice indices, as other libraries propose them: not canonical, and not in the table."""
    return np.random.default_rng(0).integers(0, problem.space.n_choices, (n, problem.space.n_genes))


def expected(problem: Problem, proposed: Codes, **noise: Any) -> Values:
    return problem.evaluate(problem.space.repair(proposed), **noise)
