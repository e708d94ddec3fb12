"""
Regret against the exact front
==============================

Two optimizers on one problem, five seeds each: how far they are from the exact front after each evaluation.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb
from optimizers import NSGA2, RandomSearch

problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for make, colour in ((RandomSearch, "#E69F00"), (NSGA2, "#0072B2")):
    runs = [hb.simulate(problem, make(problem, seed=seed), budget=1000) for seed in range(5)]
    curves = np.array([hb.regret_curve(problem, run) for run in runs])
    median = np.median(curves, axis=0)
    axes.fill_between(range(1, 1001), curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.2)
    axes.plot(range(1, 1001), median, color=colour)
    axes.annotate(
        make.__name__, (1000, median[-1]), xytext=(-4, 6), textcoords="offset points", ha="right", color=colour
    )
axes.set_xlim(1, 4000)
axes.set(xscale="log", yscale="log", xlabel="evaluations", ylabel="hypervolume regret (0 is the exact front)")
plt.show()
