"""
One model for several devices
=============================

Every device has a front of its own. The latency of the slowest device is an objective, too, and its front is as
exact.
"""

import matplotlib.pyplot as plt

import hwbench_mo as hb

fleet = "max(latency@h200, latency@a100, latency@v100, latency@rtx3080)"
names = {"h200": "H200", "a100": "A100", "v100": "V100", "rtx3080": "RTX 3080"}
colours = ["#009E73", "#0072B2", "#CC79A7", "#D55E00"]

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
front = hb.make_problem("gpt_s", ["perplexity", fleet]).pareto_front().values
axes.step(front[:, 1], front[:, 0], color="#BBBBBB", where="pre", linewidth=6)
axes.text(40, 32, "slowest of the four", color="#666666")
for (device, name), colour in zip(names.items(), colours, strict=True):
    problem = hb.make_problem("gpt_s", ["perplexity", f"latency@{device}"])
    front = problem.pareto_front().values
    axes.step(front[:, 1], front[:, 0], color=colour, where="pre")
    axes.text(front[0, 1], front[0, 0] - 1.3, name, color=colour, ha="center")
axes.set_xlabel("latency (ms for 8 sequences of 1,024 tokens)")
axes.set_ylabel("perplexity")
axes.set(xlim=(0, 80), ylim=(19, 44))
plt.show()

# %%
# Above 26 ms the RTX 3080 is the slowest of the four, and below 20 ms the V100 is.
