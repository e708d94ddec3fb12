"""MO-ASHA against Syne Tune's scheduler in a loop of its own: the same trials, decisions and repeats."""

from collections import deque
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from hwbench_mo.typing import Codes, Ints, Values
from optimizers import MOASHA
from optimizers.shared import units_of
from tests.support.discretised import DISCRETISED, every_discretised

pytest.importorskip("syne_tune", reason="Syne Tune is not installed")

from syne_tune.backend.trial_status import Trial
from syne_tune.optimizer.scheduler import SchedulerDecision
from syne_tune.optimizer.schedulers.multiobjective import moasha
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority
from syne_tune.optimizer.schedulers.multiobjective.non_dominated_priority import compute_epsilon_net, pareto_efficient

from optimizers.libraries.syne_tune.proposals import Proposals
from optimizers.libraries.syne_tune.random_stream import seed_of

BUDGET = 80


class PlaceOfEach(MOPriority):  # type: ignore[misc]
    """The place of each point, of the parts of Syne Tune's priority that are right: fronts, and the net of a front.

    Put together there, the places within a front are taken for an order, and the order of all for places.
    """

    def priority_unsafe(self, objectives: Values) -> Ints:
        points = objectives / units_of(objectives)
        places, remaining, n_placed = np.empty(len(points), dtype=np.int64), np.arange(len(points)), 0
        while len(remaining):
            efficient = pareto_efficient(points[remaining])
            front = remaining[efficient]
            places[front] = n_placed + compute_epsilon_net(points[front], dim=0)
            n_placed, remaining = n_placed + len(front), remaining[~efficient]
        return places


class Measured:
    """A black box whose values approach those of the problem as repeats are averaged."""

    def __init__(self, problem_name: str) -> None:
        self.box: Any = DISCRETISED[problem_name]()

    def __call__(self, code: Codes, repeats: int) -> Values:
        noise = np.random.default_rng([*code.tolist(), repeats]).normal(size=len(self.box.objectives))
        value: Values = self.box.evaluate(code[None])[0] + 0.1 * noise / np.sqrt(repeats)
        return value


Measurements = list[tuple[bytes, int]]
"""Codes and repeats, in the order in which they are measured: who goes on and who is stopped follows from it."""


def native(measured: Measured, *, seed: int, at_once: int, priority: Any, **settings: Any) -> Measurements:
    """Syne Tune's scheduler, told after every repeat; the results of a batch come in the order of its last to first."""
    config_space = Proposals(measured.box.space, seed).config_space
    metrics = list(measured.box.objectives)
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed_of(seed))  # noqa: NPY002
    scheduler = moasha.MOASHA(
        config_space, metrics=metrics, time_attr="repeats", multiobjective_priority=priority, random_seed=0, **settings
    )
    going_on: deque[tuple[Trial, int]] = deque()
    n_trials = 0
    found: Measurements = []
    while len(found) < BUDGET:
        batch: list[tuple[Trial, int]] = []
        while len(batch) < at_once:
            if going_on:
                batch.append(going_on.popleft())
                continue
            trial = Trial(n_trials, scheduler.suggest().config, datetime.min)
            scheduler.on_trial_add(trial)
            batch.append((trial, 0))
            n_trials += 1
        ends = []
        for trial, done in batch:
            milestones = [int(milestone) for milestone, _ in scheduler.trial_info[trial.trial_id].rungs]
            ends.append(min(milestone for milestone in [*milestones, settings["max_t"]] if milestone > done))
            found.append((np.array(list(trial.config.values()), dtype=np.int64).tobytes(), ends[-1]))
        for (trial, done), end in reversed(list(zip(batch, ends, strict=True))):
            code = np.array(list(trial.config.values()), dtype=np.int64)
            for repeats in range(done + 1, end + 1):
                result = dict(zip(metrics, measured(code, repeats).tolist(), strict=True))
                decision = scheduler.on_trial_result(trial, {"repeats": repeats, **result})
                assert repeats == end or decision == SchedulerDecision.CONTINUE
            if decision == SchedulerDecision.CONTINUE:
                going_on.append((trial, end))
    np.random.set_state(before)  # noqa: NPY002
    return found


def adapted(measured: Measured, *, seed: int, at_once: int, priority: str, **settings: Any) -> Measurements:
    """What the adapter has measured; the results of a batch come in the order of its last to first."""
    optimizer = MOASHA(measured.box, seed=seed, priority=priority, **settings)
    found: Measurements = []
    while len(found) < BUDGET:
        codes = optimizer.ask(at_once)
        repeats = optimizer.repeats(codes).tolist()
        found += [(code.tobytes(), count) for code, count in zip(codes, repeats, strict=True)]
        values = np.array([measured(code, count) for code, count in zip(codes, repeats, strict=True)])
        optimizer.tell(codes[::-1], values[::-1])
    return found


@pytest.mark.parametrize(("priority", "theirs"), [("as_published", None), ("ranks", PlaceOfEach)])
@pytest.mark.parametrize(
    "settings",
    [
        {"max_t": 10, "grace_period": 1, "reduction_factor": 3, "brackets": 1},
        {"max_t": 8, "grace_period": 2, "reduction_factor": 2, "brackets": 2},
    ],
)
@every_discretised
def test_decisions_are_those_of_syne_tune(priority: str, theirs: Any, settings: Any, problem_name: str) -> None:
    measured = Measured(problem_name)
    for seed, at_once in ((0, 1), (1, 5)):
        own = adapted(measured, seed=seed, at_once=at_once, priority=priority, **settings)
        other = native(measured, seed=seed, at_once=at_once, priority=theirs and theirs(), **settings)
        assert own == other
        assert len({repeats for _, repeats in own}) >= 3  # some went on, to the end
        assert len({code for code, _ in own}) > BUDGET / 4
