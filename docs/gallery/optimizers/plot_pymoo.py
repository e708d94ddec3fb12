"""
pymoo's NSGA-II as it is
========================

``hb.adapters.to_pymoo`` turns a problem into one of pymoo, with its exact front. Algorithms and indicators of pymoo
then run unchanged.
"""

import matplotlib.pyplot as plt
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.indicators.hv import HV
from pymoo.optimize import minimize

import hwbench_mo as hb
from hwbench_mo.adapters.pymoo import genetic_operators

ours = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
problem = hb.adapters.to_pymoo(ours)
front = problem.pareto_front()
hypervolume = HV(ref_point=ours.reference_point)

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
axes.step(front[:, 1], front[:, 0], color="black", where="pre", linewidth=1)
axes.text(9, 24, "exact front")
for budget, colour, height in ((200, "#D55E00", 38), (2000, "#0072B2", 36)):
    algorithm = NSGA2(pop_size=50, **genetic_operators(ours.space))
    found = minimize(problem, algorithm, ("n_eval", budget), seed=1).F
    regret = 1 - hypervolume(found) / hypervolume(front)
    axes.plot(found[:, 1], found[:, 0], ".", color=colour)
    axes.text(20, height, f"{budget:,} evaluations: regret {regret:.2f}", color=colour)
axes.set_xlabel("latency on an A100 (ms for 8 sequences of 1,024 tokens)")
axes.set_ylabel("perplexity")
plt.show()

# %%
# Regret is the share of the exact front's hypervolume that the last population misses. Ten times the evaluations
# cut it to a third.
