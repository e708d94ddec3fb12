"""Seconds of whole runs of the model-based optimizers, fits included: ``python -m benchmarks.bo_speed``.

One thread, CPU time next to the clock. Each run is followed by a bare loop of BoTorch (`benchmarks.bare_botorch`) with
the same processes, candidates and acquisition function, unless ``--alone``; the ratio is that of CPU times. The last
column says how many proposals are equal until rounding decides between two candidates. ``--botorch-fit`` takes the
gradients of fits from GPyTorch, as the bare loop does: without the same last bits, two fits of 50 steps part.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from hwbench_mo import Problem, make_problem, simulate
from hwbench_mo.typing import Codes
from optimizers.shared import isolated
from studies.bo_regret import CLASSES, PROBLEMS

HEADINGS = ("problem", "optimizer", "CPU, s", "clock, s", "bare, s", "ratio", "equal proposals")


def timed(run: Callable[..., Codes], *arguments: Any) -> tuple[Codes, float, float]:
    """What a run returns, its CPU seconds, and those of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    codes = run(*arguments)
    return codes, time.process_time() - cpu, time.perf_counter() - clock


def ours(name: str, problem: Problem, seed: int, budget: int, device: str) -> Codes:
    """A run of the optimizer ``[budget, d]``."""
    return simulate(problem, CLASSES[name](problem, seed=seed, device=device), budget=budget).codes


def theirs(name: str, problem: Problem, seed: int, budget: int) -> Codes:
    """The bare loop with the settings of the optimizer ``[budget, d]``."""
    with isolated():
        from benchmarks.bare_botorch import bare, local_search

        made: Any = CLASSES[name]
        choose = local_search(made.local_search_steps)
        return bare(name, problem, seed=seed, budget=budget, n_candidates=made.default_candidates, choose=choose)


def fit_as_botorch() -> Any:
    """A patch, to be started or entered, under which optimizers take GPyTorch's gradients."""
    with isolated():
        from optimizers.libraries.botorch import surrogate
    return mock.patch.object(surrogate, "NegativeLogLikelihood", return_value=None)


def main() -> None:
    """Print a line an optimizer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bo_speed", description=__doc__)
    parser.add_argument("--optimizers", nargs="+", default=list(CLASSES), choices=list(CLASSES))
    parser.add_argument("--problems", nargs="+", default=["gpt_s-2"], choices=list(PROBLEMS))
    parser.add_argument("--budget", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="of the optimizer; the bare loop is on the processor")
    parser.add_argument("--alone", action="store_true", help="without the bare loop, which takes minutes a run")
    parser.add_argument("--botorch-fit", action="store_true", help="with GPyTorch's gradients on both sides")
    chosen = parser.parse_args()
    with isolated():  # imports of torch warn
        import torch
    torch.set_num_threads(1)
    if chosen.botorch_fit:
        fit_as_botorch().start()
    print("{:8} {:12} {:>7} {:>9} {:>8} {:>6}  {}".format(*HEADINGS), flush=True)
    for label in chosen.problems:
        problem = make_problem(*PROBLEMS[label])
        for name in chosen.optimizers:
            run = name, problem, chosen.seed
            ours(*run, 22, chosen.device)  # imports, and the first calls of torch
            codes, cpu, clock = timed(ours, *run, chosen.budget, chosen.device)
            print(f"{label:8} {name:12} {cpu:7.1f} {clock:9.1f}", end="", flush=True)
            if not chosen.alone:
                other, bare_cpu, _ = timed(theirs, *run, chosen.budget)
                differ = np.flatnonzero((codes != other).any(axis=1))
                n_equal = int(differ[0]) if len(differ) else len(codes)
                print(f" {bare_cpu:8.1f} {bare_cpu / cpu:6.1f}  {n_equal} of {len(codes)}", end="")
            print(flush=True)


if __name__ == "__main__":
    main()
