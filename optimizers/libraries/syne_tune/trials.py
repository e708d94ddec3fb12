"""Trials of Syne Tune's MO-ASHA scheduler: started, told, and continued or stopped."""

from datetime import datetime
from typing import Any

from syne_tune.backend.trial_status import Trial
from syne_tune.optimizer.scheduler import SchedulerDecision
from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA

from hwbench_mo.typing import Codes, Ints, Values
from optimizers.libraries.syne_tune.proposals import Proposals

RESOURCE = "repeats"


class Trials:
    """Every architecture that was started, and up to which rung, in repeats, it is measured.

    Results between two rungs decide nothing in Syne Tune: a trial reports at the rungs and at its end alone.
    """

    def __init__(self, proposals: Proposals, *, n_objectives: int, **settings: Any) -> None:
        self._proposals = proposals
        self._metrics = [f"objective_{i}" for i in range(n_objectives)]
        self._scheduler = MOASHA(proposals.config_space, metrics=self._metrics, time_attr=RESOURCE, **settings)
        self._trials: dict[bytes, Trial] = {}
        self.repeats: dict[bytes, int] = {}
        """The repeats at which each code, as bytes, reports next."""

    def start(self) -> Codes:
        """A new architecture ``[1, d]``; none ``[0, d]`` if the space seems exhausted."""
        code = self._proposals.new(lambda: self._scheduler.suggest().config)
        for row in code:
            trial = Trial(len(self._trials), self._proposals.config(row), datetime.min)
            self._scheduler.on_trial_add(trial)
            self._trials[row.tobytes()] = trial
            self.repeats[row.tobytes()] = self._next_rung(trial, 0)
        return code

    def tell(self, code: Ints, value: Values) -> bool:
        """Report the values ``[m]`` of a code ``[d]``; whether it continues to the next rung."""
        key = code.tobytes()
        result = dict(zip(self._metrics, value.tolist(), strict=True))
        told = {RESOURCE: self.repeats[key], **result}
        if self._scheduler.on_trial_result(self._trials[key], told) == SchedulerDecision.STOP:
            return False
        self.repeats[key] = self._next_rung(self._trials[key], self.repeats[key])
        return True

    def _next_rung(self, trial: Trial, repeats: int) -> int:
        """The next rung of a trial's bracket, or else the most repeats."""
        rungs = [int(milestone) for milestone, _ in self._scheduler.trial_info[trial.trial_id].rungs]
        return min((rung for rung in rungs if rung > repeats), default=self._scheduler.max_t)
