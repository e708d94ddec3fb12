"""Seconds of a suggestion at 200 observations, one thread: ``python -m benchmarks.bo_speed``.

CPU time; medians of 7 suggestions, apart from the fit of hyperparameters, which comes once in 40 observations then.
"""

import argparse
import statistics
import time

import numpy as np

from hwbench_mo import make_problem
from studies.bo_regret import CLASSES, PROBLEMS

N, ROUNDS = 200, 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--optimizers", nargs="+", default=list(CLASSES), choices=list(CLASSES))
    parser.add_argument("--problems", nargs="+", default=["gpt_s-2"], choices=list(PROBLEMS))
    chosen = parser.parse_args()
    for label in chosen.problems:
        problem = make_problem(*PROBLEMS[label])
        codes = problem.space.sample(N, np.random.default_rng(0))
        for name in chosen.optimizers:
            optimizer = CLASSES[name](problem, seed=0)
            optimizer.tell(codes, problem.evaluate(codes))
            seconds = []
            for _ in range(ROUNDS + 1):
                start = time.process_time()
                code = optimizer.ask(1)
                seconds.append(time.process_time() - start)
                optimizer.tell(code, problem.evaluate(code))
            print(f"{label} {name}: {statistics.median(seconds[1:]):.3f} s, the first {seconds[0]:.1f} s", flush=True)


if __name__ == "__main__":
    main()
