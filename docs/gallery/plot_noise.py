"""
A measurement is a distribution
===============================

Latency of one architecture on four devices: the median, the 5 to 95 % range of one measurement, and 300 simulated ones.
"""

import matplotlib.pyplot as plt
import numpy as np

import hwbench_mo as hb

bench = hb.load_benchmark("gpt_s")
code = bench.space.sample(1, np.random.default_rng(1))
devices = ["a100", "rtx2080", "v100", "epyc_7513"]

figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for row, device in enumerate(devices):
    p = bench.predict(np.repeat(code, 300, axis=0), f"latency@{device}")
    draws = p.sample(seed=0, repeat=np.arange(300)) / p.median
    low, high = p.quantile([0.05, 0.95])[0] / p.median[0]
    axes.plot([100 * (low - 1), 100 * (high - 1)], [row, row], color="#0072B2", linewidth=6, alpha=0.4)
    jitter = np.random.default_rng(row).uniform(-0.2, 0.2, 300)
    axes.scatter(100 * (draws - 1), row + jitter, s=3, color="#0072B2")
axes.set_yticks(range(len(devices)), devices)
axes.set(xlabel="difference from the median (%)", title="One measurement of latency")
plt.show()
