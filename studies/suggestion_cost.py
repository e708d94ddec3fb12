"""Milliseconds a suggestion, of every optimizer or of those named, into ``docs/optimizers.csv``.

python -m studies.suggestion_cost [names]

On gpt_s, perplexity against latency on an A100, on one thread, after 200 observations. Of a model, the median of 20
suggestions counts; of baselines and populations, whose generations cost all at once, the median over batches of 100.
It is processor time, which other work on the machine changes little. Rows of optimizers that are not measured stay.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from experiments.reports.optimizers import COSTS, facts_of, measured_costs
from experiments.sweeps.configuration import choices, optimizer_named
from hwbench_mo import InputError, make_problem
from hwbench_mo.errors import report
from hwbench_mo.files import write_whole

N_TOLD = 200
SUGGESTIONS = 20
BATCH = 100
BATCHES = 5


def milliseconds(name: str) -> float:
    """Of asking for one architecture and telling its values; evaluating it is not counted."""
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    optimizer = optimizer_named(name)(problem, seed=0)
    is_model = facts_of(name).kind in ("model-based", "multi-fidelity")
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
            raise InputError(f"optimizer {name} proposed nothing although all was told")
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
            optimizer_named(name)  # a name that is none ends the call, an extra that is not installed does not
            try:
                with threadpool_limits(1):
                    costs[name] = f"{milliseconds(name):.2g}"
            except InputError as error:
                print(f"skipped: {error}")
                continue
            print(f"{name}: {costs[name]} ms a suggestion", flush=True)
            _write(costs, COSTS)
    except InputError as error:
        return report(error)
    print(f"written: {COSTS}; now: python -m experiments.optimizers")
    return 0


def _write(costs: dict[str, str], path: Path) -> None:
    rows = [f"{name},{milliseconds}\n" for name, milliseconds in sorted(costs.items())]
    write_whole(path, "".join(["name,milliseconds\n", *rows]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
