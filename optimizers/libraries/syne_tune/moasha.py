"""Syne Tune's MOASHA, asked and told. Apart from its adapter, because it needs Syne Tune to be imported."""

from datetime import datetime
from typing import Any

from syne_tune.backend.trial_status import Trial
from syne_tune.optimizer.scheduler import SchedulerDecision
from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

from hwbench_mo.typing import Codes, Values
from optimizers.libraries.syne_tune.proposals import Proposals

RESOURCE = "repeats"


class Trials:
    """Every architecture that was started, at how many repeats it is measured, and whether it goes on to more.

    Results between two rungs decide nothing, so that a trial reports at the rungs alone, and at its end.
    """

    def __init__(self, proposals: Proposals, *, n_objectives: int, **settings: Any) -> None:
        self._proposals = proposals
        self._metrics = [f"objective_{i}" for i in range(n_objectives)]
        self._scheduler = MOASHA(proposals.config_space, metrics=self._metrics, time_attr=RESOURCE, **settings)
        self._trials: dict[bytes, Trial] = {}
        self.repeats: dict[bytes, int] = {}

    def start(self) -> Codes:
        """A new architecture ``[1, d]``, or none ``[0, d]`` if all were started."""
        code = self._proposals.new(lambda: self._scheduler.suggest().config)
        for row in code:
            trial = Trial(len(self._trials), self._proposals.config(row), datetime.min)
            self._scheduler.on_trial_add(trial)
            self._trials[row.tobytes()] = trial
            self.repeats[row.tobytes()] = self._after(trial, 0)
        return code

    def goes_on(self, code: Codes, value: Values) -> bool:
        """Learn the values of a code ``[d]``, and say whether it is to be measured more often."""
        key = code.tobytes()
        result = dict(zip(self._metrics, value.tolist(), strict=True))
        told = {RESOURCE: self.repeats[key], **result}
        if self._scheduler.on_trial_result(self._trials[key], told) == SchedulerDecision.STOP:
            return False
        self.repeats[key] = self._after(self._trials[key], self.repeats[key])
        return True

    def _after(self, trial: Trial, repeats: int) -> int:
        """The next rung of a trial's bracket, or the end."""
        rungs = [int(milestone) for milestone, _ in self._scheduler.trial_info[trial.trial_id].rungs]
        return min((rung for rung in rungs if rung > repeats), default=self._scheduler.max_t)
