"""Nevergrad's optimizers on a problem of hwbench_mo: ``python examples/frameworks/nevergrad_run.py``.

The run is that of Nevergrad's documentation on several objectives: minimise, and read the front.
"""

import nevergrad as ng
import numpy as np

import hwbench_mo as hb


def main(budget: int = 1000, name: str = "TwoPointsDE") -> float:
    """The regret of the run."""
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    objective = hb.adapters.to_nevergrad(problem)
    objective.parametrization.random_state = np.random.RandomState(0)
    optimizer = ng.optimizers.registry[name](parametrization=objective.parametrization, budget=budget)
    optimizer.minimize(objective)
    front = optimizer.pareto_front()
    (architecture,) = problem.space.decode(objective.codes(front[0].value))
    print(f"{len(front)} on the front, among them {architecture}")
    values = np.array([candidate.losses for candidate in front])
    exact = hb.hypervolume(problem.pareto_front().values, reference=problem.reference_point)
    return 1 - hb.hypervolume(values, reference=problem.reference_point) / exact


if __name__ == "__main__":
    print(f"regret {main():.3f} after 1000 evaluations")
