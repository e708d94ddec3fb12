"""
What a looser latency limit would buy
=====================================

``hb.recommend`` answers with the best architecture within your limits. Its trade-off curve says how perplexity would
fall if one limit were looser and the others kept.
"""

import matplotlib.pyplot as plt

import hwbench_mo as hb

limits = {"latency@rtx3080": 30.0, "memory_bfloat16": 800.0}
answer = hb.recommend("gpt_m", limits=limits)
trade_off = answer.trade_offs["latency@rtx3080"]
bounds, values = zip((trade_off.bound, answer.value), *trade_off.curve, strict=True)

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.step(bounds, values, color="#0072B2", where="post")
axes.plot(bounds[0], values[0], "o", color="#0072B2")
axes.text(bounds[0] + 0.2, values[0], f"your limit: {values[0]:.2f}", color="#0072B2")
for more in (2, 5):
    bound = trade_off.bound + more
    value = trade_off.at(bound)
    axes.plot(bound, value, "o", color="#D55E00")
    axes.text(bound + 0.1, value + 0.05, f"{more} ms more: {value:.2f}", color="#D55E00")
axes.set_xlabel("limit of latency on an RTX 3080 (ms for 4 sequences of 1,024 tokens)")
axes.set_ylabel("best perplexity within the limits")
plt.show()

# %%
# Latency alone binds: more memory would buy nothing.

best = answer.architecture
print(f"{best.n_layer} layers of width {best.embed_dim}; binding: {answer.binding}")
