"""
The exact front
===============

The Pareto front of perplexity and latency over all 1.9e12 architectures of GPT-S, and 2,000 random ones behind it.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb

problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
front = problem.pareto_front()
codes = problem.space.sample(2000, np.random.default_rng(0))
values = problem.evaluate(codes)

# %%
# Random architectures are far from the front: most are wide and deep, and spend their layers badly.

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.scatter(values[:, 1], values[:, 0], s=4, color="#999999", label="random architectures")
axes.plot(front.values[:, 1], front.values[:, 0], color="black", linewidth=1.5, label="exact front")
axes.set(xlabel="latency on an A100 (ms, batch 8, 1,024 tokens)", ylabel="perplexity")
axes.legend()
plt.show()
