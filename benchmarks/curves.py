"""Hypervolume curves in two checkouts of this project: ``python -m benchmarks.curves OTHER [THIS]``.

Runs of 10,000 evaluations, points that are all on the front, and more; processes take turns, and medians of CPU time
are printed, with the median of the ratios. ``--large`` adds a million points on the front of two objectives, which
takes a minute in versions that kept them in one list.
"""

import sys

from benchmarks.checkouts import main

SCRIPT = """
import json, time
import numpy as np
import hwbench_mo as hb
import optimizers

seconds = {}

def timed(name, call, rounds):
    if rounds > 1:
        call()
    start = time.process_time()
    for _ in range(rounds):
        call()
    seconds[name] = (time.process_time() - start) / rounds

rng = np.random.default_rng(0)

def on_the_front(n, m):
    points = np.abs(rng.normal(size=(n, m)))
    return 1 - points / np.linalg.norm(points, axis=1)[:, None]

for objectives in (["perplexity", "latency@a100"], ["perplexity", "latency@a100", "params"]):
    problem = hb.make_problem("gpt_s", objectives)
    for make in (optimizers.RandomSearch, optimizers.NSGA2):
        run = hb.simulate(problem, make(problem, seed=0), budget=10_000)
        timed(f"{make.__name__}, 10,000, {len(objectives)} objectives", lambda: hb.regret_curve(problem, run), 5)
for n, m, rounds in ((10_000, 2, 5), (4_000, 3, 1), (1_000, 4, 1)):
    points = on_the_front(n, m)
    timed(f"{n} on the front, {m} objectives", lambda: hb.hypervolume_curve(points, reference=np.full(m, 1.1)), rounds)
if LARGE:
    points = on_the_front(1_000_000, 2)
    timed("1,000,000 on the front, 2 objectives", lambda: hb.hypervolume_curve(points, reference=np.full(2, 1.1)), 1)
print(json.dumps(seconds))
"""

if __name__ == "__main__":
    large = "--large" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--large"]
    main(f"LARGE = {large}\n{SCRIPT}", prog="python -m benchmarks.curves", rounds=3)
