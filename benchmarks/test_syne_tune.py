"""What the harness adds to Syne Tune's regularized evolution: against its searcher alone on the same black box.

Both have the same priority and are run in turn, and the medians compared.
"""

import statistics

import numpy as np
import pytest

from benchmarks.test_pymoo import seconds
from hwbench_mo import make_problem, simulate
from optimizers import MOREA

BUDGET = 500
ROUNDS = 7


@pytest.mark.parametrize("priority", ["ranks", "as_published"])
def test_overhead_over_syne_tune(priority: str) -> None:
    pytest.importorskip("syne_tune")
    from syne_tune.optimizer.schedulers.multiobjective import MultiObjectiveRegularizedEvolution

    from optimizers._syne_tune import Proposals, priority_named

    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])

    def ours() -> None:
        assert len(simulate(problem, MOREA(problem, seed=0, priority=priority), budget=BUDGET)) == BUDGET

    def theirs() -> None:
        proposals = Proposals(problem.space, 0)
        searcher = MultiObjectiveRegularizedEvolution(
            proposals.config_space, multiobjective_priority=priority_named(priority), random_seed=0
        )
        kept = []
        for trial in range(BUDGET):
            config = searcher.suggest()
            codes = problem.space.canonical(np.array([list(config.values())], dtype=np.int64))
            values = problem.evaluate(codes)
            kept.append((codes, values))
            searcher.on_trial_complete(trial, config, values[0].tolist())

    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    own, reference = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"\n    {priority}: {own * 1000:.0f} ms, bare {reference * 1000:.0f} ms, overhead {100 * (ratio - 1):+.1f} %")
