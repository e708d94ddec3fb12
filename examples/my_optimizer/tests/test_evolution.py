"""The conformance suite of hwbench_mo, and one test of one's own."""

import numpy as np
from my_optimizer import Evolution

import hwbench_mo as hb


def test_keeps_what_hwbench_mo_expects_of_an_optimizer() -> None:
    hb.testing.check_optimizer(Evolution)


def test_beats_random_search() -> None:
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])

    def regret(**settings: float) -> float:
        runs = [hb.simulate(problem, Evolution(problem, seed=seed, **settings), budget=500) for seed in range(5)]
        return float(np.median([hb.regret_curve(problem, run)[-1] for run in runs]))

    assert regret() < 0.9 * regret(n_initial=500)  # which is random search
