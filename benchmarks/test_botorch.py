"""What the harness adds to BoTorch: `simulate` with each model-based optimizer against a bare loop of BoTorch.

Both fit the same processes, judge the same candidates by the same acquisition function and propose the same. They are
run in turn on one thread, and the medians of CPU time compared, which busy cores disturb less than the clock.
"""

import numpy as np
import pytest

from benchmarks.side_by_side import compare
from hwbench_mo import make_problem, simulate
from hwbench_mo.typing import Codes
from optimizers.shared import isolated
from studies.bo_regret import CLASSES

BUDGET = 40
ROUNDS = 3

pytest.importorskip("botorch")


@pytest.mark.parametrize("name", list(CLASSES))
def test_overhead_over_botorch(name: str) -> None:
    with isolated():
        import torch

        from benchmarks.bare_botorch import bare, local_search
    torch.set_num_threads(1)
    problem, made = make_problem("gpt_s", ["perplexity", "latency@a100"]), CLASSES[name]

    def ours() -> Codes:
        return simulate(problem, made(problem, seed=0), budget=BUDGET).codes

    def theirs() -> Codes:
        with isolated():
            choose = local_search(made.local_search_steps)
            return bare(name, problem, seed=0, budget=BUDGET, n_candidates=made.default_candidates, choose=choose)

    assert np.array_equal(ours(), theirs())
    compare(name, ours, theirs, rounds=ROUNDS)
