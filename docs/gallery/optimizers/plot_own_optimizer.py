"""
Your own optimizer beside two others
====================================

An optimizer is a class with ``ask`` and ``tell``. Regret is the share of the exact front's hypervolume that a run
misses: here the median of ten seeds, with a band from the lower to the upper quartile.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb
from hwbench_mo.pareto import nondominated
from optimizers import NSGA2, RandomSearch


class Mutator:
    """Fifty random architectures, then neighbours of the non-dominated ones."""

    def __init__(self, problem, seed):
        self.space, self.rng = problem.space, np.random.default_rng(seed)
        self.codes, self.values = self.space.sample(0, self.rng), np.empty((0, 2))
        self.told = 0

    def ask(self, n):
        if self.told < 50:
            return self.space.sample(n, self.rng)
        parents = self.codes[self.rng.integers(len(self.codes), size=n)]
        return self.space.random_neighbours(parents, self.rng)

    def tell(self, codes, values):
        self.told += len(codes)
        codes, values = np.vstack([self.codes, codes]), np.vstack([self.values, values])
        best = nondominated(values)
        self.codes, self.values = codes[best], values[best]


problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
evaluations = np.arange(1, 1001)

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for make, colour in ((RandomSearch, "#999999"), (NSGA2, "#0072B2"), (Mutator, "#D55E00")):
    optimizers = [make(problem, seed=seed) for seed in range(10)]
    runs = [hb.simulate(problem, optimizer, budget=1000) for optimizer in optimizers]
    regret = [hb.regret_curve(problem, run) for run in runs]
    low, median, high = np.quantile(regret, [0.25, 0.5, 0.75], axis=0)
    axes.fill_between(evaluations, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(evaluations, median, color=colour)
    axes.text(1050, median[-1], make.__name__, color=colour, va="center")
axes.set(xlabel="evaluations", ylabel="regret", xscale="log", yscale="log")
axes.set(xlim=(10, 1000), ylim=(0.05, 0.25))
axes.set_xticks([10, 100, 1000], ["10", "100", "1,000"])
axes.set_yticks([0.05, 0.1, 0.2], ["0.05", "0.10", "0.20"])
axes.minorticks_off()
plt.show()

# %%
# Up to 200 evaluations random search is as good as the others. After 1,000, a class of twenty lines is close to
# NSGA-II.
