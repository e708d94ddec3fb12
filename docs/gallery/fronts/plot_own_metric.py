"""
The front of a metric of your own: the key-value cache
======================================================

A metric is a Python function of how many layers take each choice. Problems minimise it like any other, and the
front stays exact.
"""

import matplotlib.pyplot as plt

import hwbench_mo as hb


def kv_cache(counts):
    """MB of 1,024 tokens in bfloat16: keys and values of heads that are 64 wide."""
    return 2 * 64 * counts.total_heads * 2 * 1024 / 1e6


cache = hb.Metric(name="kv_cache", function=kv_cache, unit="MB")
spaces = {"gpt_s": "#0072B2", "gpt_m": "#009E73", "gpt_l": "#D55E00"}

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for space, colour in spaces.items():
    problem = hb.make_problem(space, ["perplexity", "kv_cache"], metrics=[cache])
    perplexity, size = problem.pareto_front().values.T
    axes.step(size, perplexity, color=colour, where="pre")
    axes.text(size[0], perplexity[0] - 0.5, space, color=colour, ha="center")
axes.set_xlabel("key-value cache (MB for one sequence of 1,024 tokens)")
axes.set_ylabel("perplexity")
axes.set(xlim=(0, 190), ylim=(17, 27))
plt.show()

# %%
# From 72 MB on, a GPT-L with few heads has a lower perplexity than any GPT-M.
