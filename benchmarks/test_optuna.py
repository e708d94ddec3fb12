"""What the harness adds to Optuna: `simulate` with the adapter against a bare study on the same black box.

Both propose the same until Optuna repeats itself, are run in turn, and the medians compared.
"""

from typing import Any

import numpy as np
import pytest

from benchmarks.side_by_side import compare
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

    ours()
    theirs()
    compare(f"motpe, genes drawn {'together' if multivariate else 'one by one'}", ours, theirs, rounds=ROUNDS)
