"""What optimizers propose and are told, as hashes; a test runs it in a process of its own too.

    python -m tests.support.digests --threads 2 --after-other-seeds spea2 nsga2

prints one JSON object: the hashes, and how many threads the libraries have in all.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from hwbench_mo import simulate
from tests.support.optimizers import BOTORCH, MODEL_BASED, OPTIMIZERS, PROBLEMS

PROBLEM_NAMES = ("gpt_s", "small")


def digest(name: str, problem_name: str, *, seed: int = 0) -> str:
    """Of codes, values and finish times of a short run. Gaussian processes are fitted twice, by 20 iterations."""
    problem = PROBLEMS[problem_name]()
    settings: dict[str, Any] = {"n_initial": 5, "n_candidates": 16, "refit": 0.4} if name in BOTORCH else {}
    optimizer = OPTIMIZERS[name](problem, seed=seed, **settings)
    budget = 8 if name in BOTORCH else 20 if name in MODEL_BASED else 40
    with pytest.MonkeyPatch.context() as patch:
        if name in BOTORCH:
            patch.setattr("optimizers.libraries.botorch.gaussian_process.MAX_ITERATIONS", 20)
        run = simulate(problem, optimizer, budget=budget, n_workers=3)
    return hashlib.sha256(run.codes.tobytes() + run.values.tobytes() + run.finish_times.tobytes()).hexdigest()


def digests_with(names: Sequence[str], *, n_threads: int) -> dict[str, Any]:
    """``digests``: for each optimizer a hash for each problem; ``n_threads``: what the libraries have in all."""
    if BOTORCH & set(names):
        import_module("torch")  # only libraries that are loaded can be given threads
    with threadpool_limits(n_threads):
        found = {name: [digest(name, problem_name) for problem_name in PROBLEM_NAMES] for name in names}
        return {"digests": found, "n_threads": sum(library["num_threads"] for library in threadpool_info())}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--after-other-seeds", action="store_true")
    settings = parser.parse_args()
    if settings.after_other_seeds:
        for name in settings.names:
            digest(name, "small", seed=1)
    json.dump(digests_with(settings.names, n_threads=settings.threads), sys.stdout)


if __name__ == "__main__":
    main()
