"""Seconds and memory of comparing very many small runs: ``python -m benchmarks.many_runs --runs 50000``.

Ten problems and seventeen names of optimizers share the runs. A few runs of random search are real, and are written
again and again under other names and seeds, with another part of their evaluations each, so that results differ.
``--keep FOLDER`` leaves the runs there, and finds them there the next time.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.collect import timed
from hwbench_mo import Trajectory, make_problem, simulate
from hwbench_mo.plotting.style import OPTIMIZERS
from optimizers import RandomSearch

PROBLEMS = [
    (space, ["perplexity", f"{cost}@{device}"])
    for space, (cost, device) in product(
        ("gpt_s", "gpt_m"),
        (("latency", "a100"), ("latency", "h100"), ("latency", "rtx3080"), ("energy", "a100"), ("energy", "h100")),
    )
]


def make_runs(folder: Path, n_runs: int, n_evaluations: int) -> None:
    """Write so many of so many evaluations each, spread evenly over problems and optimizers."""
    names = [name for family in OPTIMIZERS for name in family]
    n_seeds = -(-n_runs // (len(PROBLEMS) * len(names)))
    rng = np.random.default_rng(0)
    for place, (space, objectives) in enumerate(PROBLEMS):
        problem = make_problem(space, objectives)
        whole = simulate(problem, RandomSearch(problem, seed=place), budget=20 * n_evaluations)
        for position, (name, seed) in enumerate(product(names, range(n_seeds))):
            if place * len(names) * n_seeds + position >= n_runs:
                return
            config = {"seed": seed, "budget": n_evaluations, "n_workers": 1, "optimizer": {"name": name}}
            identity = f"{place:02x}{position:062x}"
            run = _part(whole, np.sort(rng.choice(len(whole), n_evaluations, replace=False)))
            facts = {**whole.provenance, "identity": identity}
            path = folder / problem.name / name / f"seed-{seed}-{identity[:2]}{identity[-10:]}.parquet"
            replace(run, config=config, provenance=facts).save(path)


def _part(run: Trajectory, places: np.ndarray) -> Trajectory:
    """Some of the evaluations of a run, as if they alone had been made."""
    first = slice(0, len(places))
    return replace(
        run,
        codes=run.codes[places],
        values=run.values[places],
        centre=run.centre[places],
        finish_times=run.finish_times[first],
        start_times=run.start_times[first],
        repeats=run.repeats[first],
        optimizer_seconds=run.optimizer_seconds[first],
    )


def main() -> None:
    """Print a row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_runs")
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--evaluations", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="folder of the runs, which are made only if it is not there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        runs = options.keep or Path(name) / "runs"
        if not runs.is_dir():
            start = time.perf_counter()
            make_runs(runs, options.runs, options.evaluations)
            print(f"{options.runs} runs of {options.evaluations} in {time.perf_counter() - start:.0f} s", flush=True)
        timed("experiments.compare", str(runs), "--to", str(Path(name) / "report"))


if __name__ == "__main__":
    main()
