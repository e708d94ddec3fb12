"""The figures of speed in README.md: ``python -m benchmarks.figures``.

Processor time on one thread, medians. The spaces are measured in turn: what slows the machine slows all of them.
Fronts are computed anew in each round: the cache that processes share is off.
"""

import os
import statistics
from dataclasses import replace

import numpy as np

from benchmarks.side_by_side import cpu_seconds
from hwbench_mo import Problem, load_benchmark, make_problem
from hwbench_mo.spaces.catalogue import MEASURED

OBJECTIVES = ["perplexity", "latency@a100"]
ROUNDS = 9
BATCH = 100_000
ALONE = 200


def fresh(space: str) -> Problem:
    """A problem that knows no front yet."""
    return make_problem(replace(load_benchmark(space)), OBJECTIVES)


def evaluated_alone(problem: Problem) -> float:
    """Seconds of one architecture in a call of its own."""
    codes = problem.space.sample(ALONE, np.random.default_rng(0))
    return cpu_seconds(lambda: [problem.evaluate(codes[k : k + 1]) for k in range(ALONE)]) / ALONE


def evaluated_together(problem: Problem) -> float:
    """Seconds an architecture in a call with many."""
    codes = problem.space.sample(BATCH, np.random.default_rng(0))
    return cpu_seconds(lambda: problem.evaluate(codes)) / BATCH


def main() -> None:
    """Measure, and print a table."""
    os.environ["HWBENCH_MO_CACHE"] = ""
    for space in MEASURED:  # first calls compile and import
        fresh(space).pareto_front()
        evaluated_alone(fresh(space))
    alone: dict[str, list[float]] = {space: [] for space in MEASURED}
    together: dict[str, list[float]] = {space: [] for space in MEASURED}
    fronts: dict[str, list[float]] = {space: [] for space in MEASURED}
    for _ in range(ROUNDS):
        for space in MEASURED:
            problem = fresh(space)
            alone[space].append(1e6 * evaluated_alone(problem))
            together[space].append(1e6 * evaluated_together(problem))
            fronts[space].append(cpu_seconds(problem.pareto_front))
    print("| " + " | ".join(["", *MEASURED]) + " |\n|---|" + "--:|" * len(MEASURED))
    sizes = {space: [float(fresh(space).space.size)] for space in MEASURED}
    points = {space: [float(len(fresh(space).pareto_front().codes))] for space in MEASURED}
    for name, found, form in (
        ("architectures", sizes, ".1e"),
        ("one prediction alone, µs", alone, ".0f"),
        ("one of 100,000 together, µs", together, ".2f"),
        ("exact front, s", fronts, ".2f"),
        ("points on the front", points, ",.0f"),
    ):
        print("| " + " | ".join([name, *(format(statistics.median(found[space]), form) for space in MEASURED)]) + " |")


if __name__ == "__main__":
    main()
