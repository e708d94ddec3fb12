"""Two checkouts of this project side by side: ``python -m benchmarks.checkouts OTHER [THIS]``.

What a user waits for most often, in processes of their own that take turns: medians of CPU time, and the median of the
ratios, above 1 where THIS checkout is slower than the OTHER one. Only names that are public in both are used.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import json, time
start = time.process_time()
import hwbench_mo as hb
hb.load_benchmark("gpt_s")
seconds = {"import and load": time.process_time() - start}
import numpy as np, optimizers

def timed(name, call, rounds):
    call()
    start = time.process_time()
    for _ in range(rounds):
        call()
    seconds[name] = (time.process_time() - start) / rounds

problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
noisy = hb.noisy(problem, seed=0)
codes = problem.space.sample(100_000, np.random.default_rng(0))
one = codes[:1]
run = hb.simulate(problem, optimizers.RandomSearch(problem, seed=0), budget=1000)
timed("evaluate 100,000", lambda: problem.evaluate(codes), 20)
timed("evaluate one", lambda: problem.evaluate(one), 3000)
timed("simulate NSGA-II, 1,000", lambda: hb.simulate(problem, optimizers.NSGA2(problem, seed=0), budget=1000), 5)
timed("simulate local search, 1,000 one at a time",
      lambda: hb.simulate(problem, optimizers.LocalSearch(problem, seed=0), budget=1000), 5)
timed("the same with noise", lambda: hb.simulate(noisy, optimizers.LocalSearch(noisy, seed=0), budget=300), 3)
timed("regret curve of 1,000", lambda: hb.regret_curve(problem, run.values), 20)
timed("exact front of gpt_m", lambda: hb.make_problem(hb.load_benchmark("gpt_m").restrict(hb.SPACES["gpt_m"]),
                                                      ["perplexity", "latency@a100"]).pareto_front(), 3)
print(json.dumps(seconds))
"""


def measured(checkout: Path, script: str = SCRIPT) -> dict[str, float]:
    """Seconds of each task, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def main(script: str = SCRIPT, *, prog: str = "python -m benchmarks.checkouts", rounds: int = 7) -> None:
    """Print a line a task."""
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("other", type=Path)
    parser.add_argument("this", type=Path, nargs="?", default=Path(__file__).resolve().parents[1])
    parser.add_argument("--rounds", type=int, default=rounds)
    chosen = parser.parse_args()
    pairs = [(measured(chosen.other, script), measured(chosen.this, script)) for _ in range(chosen.rounds)]
    print(f"{'task':44} {'other, ms':>10} {'this, ms':>10} {'ratio':>7}")
    for task in pairs[0][0]:
        other, this = (1000 * statistics.median(pair[side][task] for pair in pairs) for side in (0, 1))
        ratio = statistics.median(this_[task] / other_[task] for other_, this_ in pairs)
        print(f"{task:44} {other:10.3f} {this:10.3f} {ratio:7.3f}")


if __name__ == "__main__":
    main()
