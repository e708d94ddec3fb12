"""What the harness adds to Syne Tune: against its searcher, or its scheduler, alone on the same black box.

Both have the same priority and are run in turn, and the medians of CPU time compared.
"""

from collections import deque
from datetime import datetime

import numpy as np
import pytest

from benchmarks.side_by_side import compare
from hwbench_mo import make_problem, simulate
from optimizers import MOASHA, MOREA

BUDGET = 500
ROUNDS = 7


@pytest.mark.parametrize("priority", ["ranks", "as_published"])
def test_overhead_over_syne_tune(priority: str) -> None:
    pytest.importorskip("syne_tune")
    from syne_tune.optimizer.schedulers.multiobjective import MultiObjectiveRegularizedEvolution

    from optimizers.libraries.syne_tune.priorities import priority_named
    from optimizers.libraries.syne_tune.proposals import Proposals

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
    compare(f"morea, {priority}", ours, theirs, rounds=ROUNDS)


@pytest.mark.parametrize("priority", ["ranks", "as_published"])
def test_overhead_over_syne_tunes_scheduler(priority: str) -> None:
    pytest.importorskip("syne_tune")
    from syne_tune.backend.trial_status import Trial
    from syne_tune.optimizer.scheduler import SchedulerDecision
    from syne_tune.optimizer.schedulers.multiobjective import moasha

    from optimizers.libraries.syne_tune.priorities import priority_named
    from optimizers.libraries.syne_tune.proposals import Proposals
    from optimizers.libraries.syne_tune.random_stream import RandomStream, seed_of

    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample")

    def ours() -> None:
        assert len(simulate(problem, MOASHA(problem, seed=0, priority=priority), budget=BUDGET)) == BUDGET

    def theirs() -> None:
        with RandomStream(0).as_global():  # the same random numbers, and with them the same trials and decisions
            run()

    def run() -> None:
        proposals = Proposals(problem.space, 0)
        scheduler = moasha.MOASHA(
            proposals.config_space,
            metrics=list(problem.objectives),
            time_attr="repeats",
            multiobjective_priority=priority_named(priority),
            max_t=10,
            random_seed=seed_of(0),
        )
        kept = []
        going_on: deque[tuple[Trial, int]] = deque()
        n_trials = 0
        for _ in range(BUDGET):
            if going_on:
                trial, done = going_on.popleft()
            else:
                trial, done = Trial(n_trials, scheduler.suggest().config, datetime.min), 0
                scheduler.on_trial_add(trial)
                n_trials += 1
            repeats = {0: 1, 1: 3, 3: 9, 9: 10}[done]
            codes = problem.space.canonical(np.array([list(trial.config.values())], dtype=np.int64))
            values = problem.evaluate(codes, repeats=np.array([repeats]))
            kept.append((codes, values))
            result = dict(zip(problem.objectives, values[0].tolist(), strict=True))
            if scheduler.on_trial_result(trial, {"repeats": repeats, **result}) == SchedulerDecision.CONTINUE:
                going_on.append((trial, repeats))

    ours()
    theirs()
    compare(f"moasha, {priority}", ours, theirs, rounds=ROUNDS)
