"""A study of Optuna over choice indices, told in any order."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import optuna
from optuna.samplers import TPESampler
from optuna.trial import TrialState, create_trial

from hwbench_mo.adapters.optuna import distributions
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Ints, Values
from optimizers.shared import units_of

LIMIT = 1e70
"""Values are clipped at so many units: products over four objectives, which Optuna computes, stay finite."""


@contextmanager
def silenced() -> Iterator[None]:
    """No log of Optuna below errors and no warning of numpy; both are restored afterwards."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


class Study:
    """A study in memory. Optuna sees values in units (`units_of`) of the range of the first ``n_startup_trials``.

    Values are held back until these are known; all suggestions up to then are random.
    """

    def __init__(self, space: Space, n_objectives: int, *, sampler: TPESampler, n_startup_trials: int) -> None:
        self._genes = distributions(space)
        self._n_startup_trials = n_startup_trials
        self._units: Floats | None = None
        self._held_back: list[tuple[int, Floats]] = []
        self._violations: dict[int, Floats] = {}
        """Of trials whose values are held back."""
        with silenced():
            self._study = optuna.create_study(
                study_name="hwbench_mo", sampler=sampler, directions=["minimize"] * n_objectives
            )

    def ask(self) -> tuple[int, Codes]:
        """Start a trial; its number, and the code ``[1, d]`` that Optuna suggests, which need not be canonical."""
        with silenced():
            trial = self._study.ask(self._genes)
        params = trial.params  # a deep copy each time
        return trial.number, np.array([[params[name] for name in self._genes]], dtype=np.int64)

    def replace(self, number: int, code: Ints) -> int:
        """Drop a trial and start one of ``code`` ``[d]`` instead; the number of the new trial."""
        params = dict(zip(self._genes, code.tolist(), strict=True))
        self.drop(number)
        with silenced():
            self._study.add_trial(create_trial(state=TrialState.RUNNING, params=params, distributions=self._genes))
        return len(self._study.get_trials(deepcopy=False)) - 1

    def drop(self, number: int) -> None:
        """End a trial that is not evaluated."""
        with silenced():
            self._study.tell(number, state=TrialState.FAIL)

    def constrain(self, numbers: list[int], violations: Values) -> None:
        """Note violations ``[n, c]`` of trials that are about to be told, above 0 where a constraint is violated."""
        self._violations.update(zip(numbers, violations.copy(), strict=True))

    def _set_constraints(self, number: int) -> None:
        """What ``Trial.set_constraint`` does, which only a trial that Optuna asked for has."""
        violations = self._violations.pop(number, ())
        if len(violations):
            trial = self._study.get_trials(deepcopy=False)[number]
            for place, violation in enumerate(violations):
                self._study._storage.set_trial_system_attr(trial._trial_id, f"constraints:{place}", float(violation))

    def tell(self, numbers: list[int], values: Values) -> None:
        """End trials with their values ``[n, m]``, minimised."""
        self._held_back.extend(zip(numbers, values.copy(), strict=True))
        if self._units is None:
            if len(self._held_back) < self._n_startup_trials:
                return
            self._units = units_of(np.array([value for _, value in self._held_back[: self._n_startup_trials]]))
        with silenced():
            for number, value in self._held_back:
                self._set_constraints(number)
                self._study.tell(number, np.clip(value / self._units, -LIMIT, LIMIT).tolist())
        self._held_back.clear()
