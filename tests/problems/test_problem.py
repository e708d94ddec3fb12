"""Problems: bounds, and the direction of objectives."""

import numpy as np

from hwbench_mo import make_problem


def test_front_of_one_architecture_is_judged_too() -> None:
    problem = make_problem("gpt_s", ["latency@a100", "energy@h100"])
    assert len(problem.pareto_front().values) == 1
    assert (problem.reference_point > problem.ideal).all()


def test_accuracy_is_negated_and_others_are_not() -> None:
    problem = make_problem("gpt_s", ["accuracy", "latency@a100"])
    codes = problem.space.sample(10, np.random.default_rng(0))
    values = problem.evaluate(codes)
    assert (values[:, 0] == -problem.benchmark.predict(codes, "accuracy").median).all()
    assert (values[:, 1] == problem.benchmark.predict(codes, "latency@a100").median).all()
