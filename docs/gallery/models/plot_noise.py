"""
How much one measurement of latency can be off
==============================================

A prediction is the distribution of one new measurement. The dots are 300 simulated measurements of one architecture
on four devices, and the bar holds 90 % of the distribution.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb

bench = hb.load_benchmark("gpt_s")
code = bench.space.sample(1, np.random.default_rng(1))
devices = {"a100": "A100", "rtx2080": "RTX 2080", "v100": "V100", "epyc_7513": "EPYC 7513"}

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for row, device in enumerate(devices):
    p = bench.predict(np.repeat(code, 300, axis=0), f"latency@{device}")
    bar = p.quantile([0.05, 0.95])[0] / p.median[0]
    axes.plot(100 * (bar - 1), [row, row], color="#56B4E9", linewidth=8, alpha=0.5)
    draws = p.sample(seed=0, repeat=np.arange(300)) / p.median
    jitter = np.random.default_rng(row).uniform(-0.2, 0.2, 300)
    axes.scatter(100 * (draws - 1), row + jitter, s=3, color="#0072B2")
axes.set_yticks(range(len(devices)), devices.values())
axes.set_xlabel("difference from the median latency (%)")
plt.show()

# %%
# The RTX 2080 and the V100 are now and then faster by about 16 and 7 %, in a second state. Quantiles show this, and
# a standard deviation would not.
