"""Ax's loop of asking and telling on a problem of hwbench_mo: ``python examples/frameworks/ax_loop.py``.

The client is configured and run as in Ax's tutorials. It takes a minute: five trials are drawn, and for each of the
others Ax's model takes nine seconds.
"""

import logging

import numpy as np
import torch
from ax.api.client import Client

import hwbench_mo as hb


def main(n_trials: int = 12) -> float:
    """The regret of the trials."""
    problem = hb.make_problem("gpt_s", ["accuracy", "latency@a100"])
    ours = hb.adapters.to_ax(problem)
    client = Client(random_seed=0)
    client.configure_experiment(parameters=ours.parameters)
    client.configure_optimization(
        objective=ours.objective, outcome_constraints=ours.outcome_constraints + ours.objective_thresholds
    )
    codes = []
    while len(codes) < n_trials:
        for trial, parameters in client.get_next_trials(max_trials=1).items():
            client.complete_trial(trial_index=trial, raw_data=ours.evaluate(parameters))
            codes.append(ours.codes(parameters))
    parameters, answers, _, _ = client.get_pareto_frontier(use_model_predictions=False)[0]
    (architecture,) = problem.space.decode(ours.codes(parameters))
    print({name: mean for name, (mean, _) in answers.items()}, architecture)
    values = problem.evaluate(np.concatenate(codes))
    exact = hb.hypervolume(problem.pareto_front().values, reference=problem.reference_point)
    return 1 - hb.hypervolume(values, reference=problem.reference_point) / exact


if __name__ == "__main__":
    torch.set_num_threads(1)  # more of them on a busy machine make fits ten times slower
    logging.getLogger("ax").setLevel(logging.WARNING)
    print(f"regret {main():.3f} after 12 trials")
