"""What a sweep takes: ``python -m benchmarks.sweep``, side by side with a bare loop and with each launcher.

Five optimizers, thirty seeds, a thousand evaluations, in one command on all cores; and in one process beside a loop of
`simulate` that writes nothing. Medians of ``--rounds``, in turn.
"""

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.side_by_side import seconds_of_python

OPTIMIZERS = ("sms_emoa", "morea", "local_search", "nsga2", "random_search")  # the longest first
LOOP = """
from experiments.sweeps.configuration import optimizer_named
from hwbench_mo import make_problem, simulate
problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
for name in {names}:
    for seed in range({seeds}):
        simulate(problem, optimizer_named(name)(problem, seed=seed), budget={budget})
"""


def main() -> None:
    """Print a line a way of running it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep")
    parser.add_argument("--optimizers", nargs="+", default=list(OPTIMIZERS))
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--budget", type=int, default=1000)
    parser.add_argument("--launchers", nargs="+", default=["basic", "joblib"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-loop", action="store_true", help="leave out the bare loop")
    chosen = parser.parse_args()
    loop = LOOP.format(names=tuple(chosen.optimizers), seeds=chosen.seeds, budget=chosen.budget)
    sweep = ["experiments.run", "-m", f"seeds={chosen.seeds}", f"budget={chosen.budget}"]
    ways = {} if chosen.no_loop else {"bare loop": ["-c", loop]}
    for launcher in chosen.launchers:
        ways[launcher] = ["-m", *sweep, f"optimizer={','.join(chosen.optimizers)}", f"hydra/launcher={launcher}"]
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(chosen.rounds):
        for way, command in ways.items():
            with tempfile.TemporaryDirectory() as folder:
                out = [] if way == "bare loop" else [f"out={Path(folder) / 'out'}"]
                taken[way].append(seconds_of_python(*command, *out))
    n_runs = chosen.seeds * len(chosen.optimizers)
    print(f"{n_runs} runs of {chosen.budget} evaluations, {os.cpu_count()} cores, medians of {chosen.rounds}")
    for way, pairs in taken.items():
        clock, processor = (statistics.median(column) for column in zip(*pairs, strict=True))
        line = f"{way:15} {clock:6.1f} s, {n_runs / clock:6.1f} runs a second, processor {processor:6.1f} s"
        if "bare loop" in taken:
            ratios = [mine[1] / bare[1] for mine, bare in zip(pairs, taken["bare loop"], strict=True)]
            line += f", {100 * (statistics.median(ratios) - 1):+.1f} % on the bare loop's"
        print(line)


if __name__ == "__main__":
    main()
