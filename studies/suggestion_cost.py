"""Batch size and milliseconds a suggestion, of every optimizer or of those named, into ``docs/optimizers.csv``.

    python -m studies.suggestion_cost [names]

The problem is gpt_s, perplexity against latency on an A100; one thread; after 200 observations. The cost of a model is
the median of 20 suggestions. Baselines and populations compute whole generations at once: their cost is the median over
batches of 100. Processor time is measured, which other work on the machine changes little. Rows of optimizers that are
not measured stay.
"""

import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from experiments.reports.optimizers import COSTS, measured_costs
from experiments.sweeps.catalogue import choices
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import InputError, Problem, make_problem
from hwbench_mo.errors import report
from hwbench_mo.files import write_whole

N_TOLD = 200
SUGGESTIONS = 20
BATCH = 100
BATCHES = 5


def measured(name: str) -> dict[str, str]:
    """``batch_size`` with the default settings, and ``milliseconds``."""
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    optimizer: Any = optimizer_named(name)(problem, seed=0)
    with threadpool_limits(1):
        cost = milliseconds(optimizer, problem)
    return {"batch_size": str(optimizer.batch_size), "milliseconds": f"{float(f'{cost:.2g}'):g}"}


def milliseconds(optimizer: Any, problem: Problem) -> float:
    """Of asking for one architecture and telling its values; evaluating it is not counted."""
    is_model = optimizer.kind in ("model-based", "multi-fidelity")
    spent: list[tuple[float, int]] = []

    def step(n: int) -> int:
        start = time.process_time()
        codes = optimizer.ask(n)
        asked = time.process_time()
        values = problem.evaluate(codes)
        evaluated = time.process_time()
        optimizer.tell(codes, values)
        spent.append((asked - start + time.process_time() - evaluated, len(codes)))
        if len(codes) == 0:
            raise InputError(f"{type(optimizer).__name__} proposed nothing although all results were told")
        return len(codes)

    n_told = 0
    while n_told < N_TOLD:
        n_told += step(1 if is_model else BATCH)
    spent.clear()
    if is_model:
        for _ in range(SUGGESTIONS):
            step(1)
        return 1000 * statistics.median(seconds for seconds, _ in spent)
    medians = []
    for _ in range(BATCHES):
        spent.clear()
        n = 0
        while n < BATCH:
            n += step(BATCH)
        medians.append(sum(seconds for seconds, _ in spent) / n)
    return 1000 * statistics.median(medians)


def main(names: Sequence[str]) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    costs = measured_costs(COSTS)
    try:
        for name in names or choices("optimizer"):
            optimizer_named(name)  # an unknown name ends the command, a missing extra only skips the optimizer
            try:
                costs[name] = measured(name)
            except InputError as error:
                print(f"skipped: {error}")
                continue
            print(f"{name}: {costs[name]['milliseconds']} ms a suggestion", flush=True)
            write(costs, COSTS)
    except InputError as error:
        return report(error)
    print(f"written: {COSTS}; now: python -m experiments.optimizers")
    return 0


def write(costs: Mapping[str, Mapping[str, str]], path: Path) -> None:
    """The table as CSV, by name."""
    rows = [f"{name},{row['batch_size']},{row['milliseconds']}\n" for name, row in sorted(costs.items())]
    write_whole(path, "".join(["name,batch_size,milliseconds\n", *rows]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
