"""Whether anything beats the exact front: ``python -m studies.exact_front --space gpt_s perplexity latency@a100``.

Half of the architectures are random, half are one to four mutations away from the front. With two objectives, an
architecture beats the front if its second objective is below that of every point of the front whose first is as small
or smaller. With more objectives, or with ``--n 0``, the front is timed
alone; ``HWBENCH_MO_CACHE=`` turns the cache off.
"""

import argparse
import time

import numpy as np

from hwbench_mo import load_benchmark, make_problem
from hwbench_mo.spaces.catalogue import MEASURED

BATCH = 200_000


def main() -> None:
    """Print how many architectures were tried, how many equal a point of the front, and how many beat it."""
    parser = argparse.ArgumentParser(prog="python -m studies.exact_front")
    parser.add_argument("objectives", nargs="+")
    parser.add_argument("--space", choices=MEASURED, default="gpt_s")
    parser.add_argument("--n", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    problem = make_problem(load_benchmark(options.space), options.objectives)
    start = time.process_time()
    front = problem.pareto_front()
    spent = time.process_time() - start
    print(f"{options.space} {options.objectives}: {len(front.values):,} points, {spent:.2f} s of one core", flush=True)
    if len(options.objectives) != 2 or not options.n:
        return
    rng = np.random.default_rng(options.seed)
    tried = equal = beaten = 0
    while tried < options.n:
        if (tried // BATCH) % 2:
            codes = front.codes[rng.integers(len(front.codes), size=BATCH)]
            for _ in range(rng.integers(1, 5)):
                codes = problem.space.random_neighbours(codes, rng)
        else:
            codes = problem.space.sample(BATCH, rng)
        values = problem.evaluate(codes)
        place = np.searchsorted(front.values[:, 0], values[:, 0], side="right") - 1
        bound = np.where(place < 0, np.inf, front.values[place, 1])
        beaten += int((values[:, 1] < bound).sum())
        equal += int((values[:, 1] == bound).sum())
        tried += BATCH
    print(f"{tried} architectures: {equal} on the level of the front, {beaten} beat it")


if __name__ == "__main__":
    main()
