"""What the harness adds to Optuna: `simulate` with the adapter against a bare study on the same black box.

Both propose the same until Optuna repeats itself, are run in turn, and the medians compared.
"""

import statistics
from typing import Any

import numpy as np
import pytest

from benchmarks.test_pymoo import seconds
from hwbench_mo import make_problem, simulate
from optimizers import MOTPE

BUDGET = 150
ROUNDS = 5

optuna = pytest.importorskip("optuna")


@pytest.mark.parametrize("multivariate", [True, False])
def test_overhead_over_optuna(multivariate: bool) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])

    def ours() -> None:
        assert len(simulate(problem, MOTPE(problem, seed=0, multivariate=multivariate), budget=BUDGET)) == BUDGET

    def theirs() -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=0, multivariate=multivariate)
        study = optuna.create_study(sampler=sampler, directions=["minimize", "minimize"])
        choices = [(f"gene {gene}", range(k)) for gene, k in enumerate(problem.space.n_choices.tolist())]

        def objective(trial: Any) -> list[float]:
            code = np.array([[trial.suggest_categorical(name, of) for name, of in choices]])
            values: list[float] = problem.evaluate(code)[0].tolist()
            return values

        study.optimize(objective, n_trials=BUDGET)

    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    own, reference = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    own, reference = own / BUDGET * 1000, reference / BUDGET * 1000
    drawn = "together" if multivariate else "one by one"
    print(
        f"\n    motpe, genes drawn {drawn}: {own:.1f} ms, bare {reference:.1f} ms, overhead {100 * (ratio - 1):+.1f} %"
    )
