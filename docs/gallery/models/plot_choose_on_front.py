"""
Choose on a front: knees and pseudo-weights
===========================================

Without limits, the shape of the front helps to choose. At a knee, a step in either direction costs much and gains
little; a pseudo-weight says how much perplexity matters beside latency.
"""

import matplotlib.pyplot as plt

import hwbench_mo as hb

problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
front = problem.pareto_front().values
knees = front[hb.knee_points(front)]

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.step(front[:, 1], front[:, 0], color="black", where="pre", linewidth=1)
axes.plot(knees[:, 1], knees[:, 0], "o", color="#D55E00")
axes.text(14, 33, "knees", color="#D55E00")
for weight in (0.2, 0.5, 0.8):
    perplexity, latency = front[hb.by_pseudo_weights(front, [weight, 1 - weight])]
    axes.plot(latency, perplexity, "D", color="#0072B2")
    label = f"perplexity weighs {weight:.0%}"
    axes.text(latency + 0.5, perplexity + 0.5, label, color="#0072B2")
axes.set_xlabel("latency on an A100 (ms for 8 sequences of 1,024 tokens)")
axes.set_ylabel("perplexity")
plt.show()

# %%
# Knees come in groups, here at each of the three widths. Equal weights choose the corner at 18.6 ms, beyond which
# the front goes on with wider models.
