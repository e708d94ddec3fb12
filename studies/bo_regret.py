"""Model-based optimizers against random search: ``python -m studies.bo_regret --optimizers ehvi --seeds 10``.

Hypervolume regret at 100 evaluations, printed run by run; wins are seeds on which it is below that of random search.
"""

import argparse
import statistics
import time
from typing import Any

import optimizers
from hwbench_mo import make_problem, regret_curve, simulate

CLASSES: dict[str, Any] = {
    "ehvi": optimizers.EHVI,
    "qlognparego": optimizers.QLogNParEGO,
    "rsbo": optimizers.RSBO,
    "lsbo": optimizers.LSBO,
    "qlogehvi": optimizers.QLogEHVI,
    "qlognehvi": optimizers.QLogNEHVI,
}
"""Those of BoTorch."""
PROBLEMS = {
    "gpt_s-2": ("gpt_s", ["perplexity", "latency@a100"]),
    "gpt_m-2": ("gpt_m", ["perplexity", "energy@h100"]),
    "gpt_l-2": ("gpt_l", ["perplexity", "latency@a100"]),
    "gpt_s-3": ("gpt_s", ["perplexity", "latency@a100", "energy@a100"]),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    every = {**CLASSES, "motpe": optimizers.MOTPE}
    parser.add_argument("--optimizers", nargs="+", default=list(every), choices=list(every))
    parser.add_argument("--problems", nargs="+", default=list(PROBLEMS), choices=list(PROBLEMS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--budget", type=int, default=100)
    chosen = parser.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    for name in chosen.optimizers:
        for label in chosen.problems:
            problem = make_problem(*PROBLEMS[label])
            wins, regrets = 0, []
            for seed in seeds:
                start = time.process_time()
                own, by_chance = (
                    regret_curve(problem, simulate(problem, make(problem, seed=seed), budget=chosen.budget).values)[-1]
                    for make in (every[name], optimizers.RandomSearch)
                )
                wins += bool(own < by_chance)
                regrets.append(float(own))
                seconds = time.process_time() - start
                print(f"{name} {label} seed {seed}: {own:.4f}, random {by_chance:.4f}, {seconds:.0f} s", flush=True)
            print(f"{name} {label}: {wins} wins of {len(seeds)}, median {statistics.median(regrets):.4f}", flush=True)


if __name__ == "__main__":
    main()
