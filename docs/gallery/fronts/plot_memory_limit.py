"""
What a memory limit costs
=========================

A limit takes architectures away, and the front of those that are left is exact again. Here the memory of GPT-M is
limited to less and less.
"""

import matplotlib.pyplot as plt

import hwbench_mo as hb

objectives = ["perplexity", "latency@rtx3080"]
limits = {"no limit": None, "2,000 MB": 2000.0, "900 MB": 900.0}
colours = ["black", "#0072B2", "#D55E00"]

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for (label, limit), colour in zip(limits.items(), colours, strict=True):
    constraints = {"memory_bfloat16": limit} if limit else {}
    problem = hb.make_problem("gpt_m", objectives, constraints=constraints)
    perplexity, latency = problem.pareto_front().values.T
    axes.step(latency, perplexity, color=colour, where="pre")
    axes.plot(latency[0], perplexity[0], "o", color=colour)
    axes.text(latency[0] + 1, perplexity[0] + 0.3, label, color=colour)
axes.set_xlabel("latency on an RTX 3080 (ms for 4 sequences of 1,024 tokens)")
axes.set_ylabel("perplexity")
axes.set_xlim(15, 108)
plt.show()

# %%
# A memory limit ends the front early, and leaves the faster architectures as they are: what is fast is also small.
