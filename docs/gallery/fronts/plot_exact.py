"""
How far random architectures are from the exact front
=====================================================

GPT-S has 1.9e12 architectures, and the front of perplexity and latency over all of them is known. Random
architectures show how much an optimizer can gain.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb

problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
front = problem.pareto_front().values
random = problem.evaluate(problem.space.sample(2000, np.random.default_rng(0)))

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.scatter(random[:, 1], random[:, 0], s=4, color="#999999")
axes.step(front[:, 1], front[:, 0], color="black", where="pre")
axes.text(24, 32, "2,000 random architectures", color="#666666")
axes.text(9, 23, f"exact front:\n{len(front)} architectures")
axes.set_xlabel("latency on an A100 (ms for 8 sequences of 1,024 tokens)")
axes.set_ylabel("perplexity")
plt.show()

# %%
# The three clouds are the three widths of GPT-S. None of the 2,000 reaches the front.
