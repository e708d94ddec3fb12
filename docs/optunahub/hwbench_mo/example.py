from __future__ import annotations

import optuna
import optunahub

module = optunahub.load_module("benchmarks/hwbench_mo")
problem = module.Problem("gpt_s", ["perplexity", "latency@a100"])
study = optuna.create_study(directions=problem.directions)
study.optimize(problem, n_trials=100)
_, front = problem.pareto_front()
optuna.visualization.plot_pareto_front(study, target_names=problem.metric_names).show()
