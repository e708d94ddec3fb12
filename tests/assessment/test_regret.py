"""Hypervolume regret against the exact front."""

import numpy as np

from hwbench_mo import make_problem, regret_curve


def test_regret_is_zero_on_the_exact_front_alone() -> None:
    problem = make_problem("gpt_s", ["accuracy", "latency@a100"])
    front = problem.pareto_front().values
    assert regret_curve(problem, front)[-1] == 0
    assert 0 < regret_curve(problem, front[1:-1])[-1] < 0.1
    assert regret_curve(problem, problem.evaluate(problem.space.sample(100, np.random.default_rng(0))))[-1] > 0.01
