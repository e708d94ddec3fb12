"""How long workers have nothing to do under each optimizer, in simulated time.

    python -m studies.idle [--workers 4] [--budget 1000] [NAME ...]

On gpt_s, perplexity against latency on an A100, with the measured cost. Asynchronous workers wait only for what an
optimizer has not proposed yet; synchronous ones for each other too.
"""

import argparse

from experiments.sweeps.catalogue import choices
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import InputError, make_problem, simulate


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m studies.idle", description="Idle share of the workers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="optimizers; by default all")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--budget", type=int, default=1000)
    options = parser.parse_args()
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    print("| optimizer | asynchronous | synchronous |\n|---|---|---|")
    for name in options.names or choices("optimizer"):
        cells = []
        for synchronous in (False, True):
            try:
                optimizer = optimizer_named(name)(problem, seed=0)
            except InputError as error:  # an extra that is not installed
                cells.append(str(error))
                continue
            run = simulate(
                problem, optimizer, budget=options.budget, n_workers=options.workers, synchronous=synchronous
            )
            cells.append(f"{run.idle_share:.1%}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
