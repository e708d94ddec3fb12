"""What optimizers propose and are told, as hashes; a test runs it in processes of their own.

    python -m tests.support.digests --threads 2 --after-other-seeds spea2 nsga2

prints one JSON object: the hashes, and how many threads the libraries have in all.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

import threadpoolctl

from hwbench_mo import simulate
from tests.support.optimizers import BOTORCH, MODEL_BASED, OPTIMIZERS, PROBLEMS

PROBLEM_NAMES = ("gpt_s", "small")


def digest(name: str, problem_name: str, *, seed: int = 0) -> str:
    """Of codes, values and finish times of a short run. Models are fitted as for a user, again and again."""
    problem = PROBLEMS[problem_name]()
    settings: dict[str, Any] = {"n_initial": 5, "n_candidates": 16, "refit": 0.4} if name in BOTORCH else {}
    optimizer = OPTIMIZERS[name](problem, seed=seed, **settings)
    budget = 9 if name in BOTORCH else 20 if name in MODEL_BASED else 40
    run = simulate(problem, optimizer, budget=budget, n_workers=3)
    return hashlib.sha256(run.codes.tobytes() + run.values.tobytes() + run.finish_times.tobytes()).hexdigest()


def digests(names: Iterable[str]) -> dict[str, list[str]]:
    """By the name of each optimizer, a hash for each problem."""
    return {name: [digest(name, problem_name) for problem_name in PROBLEM_NAMES] for name in names}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--after-other-seeds", action="store_true")
    settings = parser.parse_args()
    if BOTORCH & set(settings.names):
        import torch

        torch.set_num_threads(settings.threads)
    if settings.after_other_seeds:
        for name in settings.names:
            digest(name, "small", seed=1)
    found = digests(settings.names)
    n_threads = sum(library["num_threads"] for library in threadpoolctl.threadpool_info())
    json.dump({"digests": found, "n_threads": n_threads}, sys.stdout)


if __name__ == "__main__":
    main()
