"""Seconds and memory of collecting, comparing and reporting many runs: ``python -m benchmarks.collect --runs 10000``.

The runs are a few of random search, written again and again under other seeds; their numbers are real.
"""

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.side_by_side import seconds_of_python
from hwbench_mo import make_problem, simulate
from optimizers import RandomSearch

OBJECTIVES = ["perplexity", "latency@a100"]


def make_runs(folder: Path, n_runs: int, n_evaluations: int, n_real: int = 10) -> None:
    """Write them."""
    problem = make_problem("gpt_s", OBJECTIVES)
    real = [simulate(problem, RandomSearch(problem, seed=seed), budget=n_evaluations) for seed in range(n_real)]
    for seed in range(n_runs):
        config = {"seed": seed, "budget": n_evaluations, "n_workers": 1, "optimizer": {"name": "random_search"}}
        facts = {**real[seed % n_real].provenance, "identity": f"{seed:064x}"}
        run = replace(real[seed % n_real], config=config, provenance=facts)
        run.save(folder / problem.name / "random_search" / f"seed-{seed}-{seed:012x}.parquet")


def timed(module: str, *arguments: str) -> None:
    """Run a command, and print how long it took and the most memory that any command so far has taken.

    On a machine with other work the seconds of the processor say more than those of the clock.
    """
    seconds, cpu = seconds_of_python("-m", module, *arguments)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    print(f"{module:20} {seconds:6.1f} s, processor {cpu:6.1f} s, at most {most:.2f} GiB", flush=True)


def main() -> None:
    """Print a row a command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.collect")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--folders", action="store_true", help="compare the folder of runs, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        runs, dataset = Path(name) / "runs", Path(name) / "dataset"
        start = time.perf_counter()
        make_runs(runs, options.runs, options.evaluations)
        print(f"{options.runs} runs of {options.evaluations} made in {time.perf_counter() - start:.0f} s", flush=True)
        timed("experiments.collect", str(runs), "--to", str(dataset))
        timed("experiments.compare", str(dataset), "--to", str(Path(name) / "report"))
        timed("experiments.report", str(dataset), "--to", str(Path(name) / "report.html"))
        print(f"page {(Path(name) / 'report.html').stat().st_size / 1e6:.1f} MB")
        if options.folders:
            timed("experiments.compare", str(runs), "--to", str(Path(name) / "report-of-runs"))
        size = [sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 1e6 for folder in (runs, dataset)]
        print(f"runs {size[0]:.0f} MB, data set {size[1]:.0f} MB")


if __name__ == "__main__":
    main()
