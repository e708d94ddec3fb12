from __future__ import annotations

import optuna
import optunahub


module = optunahub.load_module("benchmarks/hwbench_mo")
problem = module.Problem("gpt_s", ["perplexity", "latency@a100"], constraints={"latency@a100": 20})
study = optuna.create_study(directions=problem.directions)
study.optimize(problem, n_trials=100)
print(f"{len(study.best_trials)} trials on the front of the study that keep the limit")

_, front = problem.pareto_front()
print(f"{len(front)} architectures on the exact front, from {front[0]} to {front[-1]}")
