"""Optuna's tree-structured Parzen estimator over choice indices, told in any order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import optuna
from optuna.samplers import TPESampler
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_gamma_multiobjective
from optuna.trial import TrialState, create_trial

from hwbench_mo.adapters.optuna import distributions
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats, Ints, Values
from optimizers.shared.units import units_of

HUGE = 1e70
"""The most units that Optuna sees: products over four objectives stay finite."""


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna's log of the creation of a study is left out; numpy is silent on overflow. Both are as before after it."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


class OneSplit(TPESampler):  # type: ignore[misc]
    """Optuna's sampler, which proposes the same, but divides the trials into good and bad once a suggestion.

    Optuna does it anew for every gene, and translates all trials' choices each time.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._rows: dict[int, Floats] = {}
        self._split_for = -1
        self._halves: list[dict[str, Floats]] = []

    def _sample(self, study: Any, trial: Any, search_space: dict[str, Any]) -> dict[str, Any]:
        if self._split_for != trial.number:
            self._halves = [self._columns(half) for half in self._split(study, trial)]
            self._split_for = trial.number
        estimators = []
        for half, is_good in zip(self._halves, (True, False), strict=True):
            observations = {name: half.get(name, np.empty(0)) for name in search_space}
            n = len(next(iter(observations.values())))
            weights = (np.ones(n),) if is_good and study._is_multi_objective() else ()
            estimators.append(
                self._parzen_estimator_cls(observations, search_space, self._parzen_estimator_parameters, *weights)
            )
        good, bad = estimators
        samples = good.sample(self._rng.rng, self._n_ei_candidates)
        best = self._compare(samples, self._compute_acquisition_func(samples, good, bad))
        return {name: gene.to_external_repr(best[name]) for name, gene in search_space.items()}

    def _split(self, study: Any, trial: Any) -> tuple[list[Any], list[Any]]:
        states = [TrialState.COMPLETE, *([TrialState.RUNNING] if self._constant_liar else [])]
        trials = [other for other in study.get_trials(deepcopy=False, states=states) if other.number != trial.number]
        n_complete = sum(other.state == TrialState.COMPLETE for other in trials)
        gamma = default_gamma_multiobjective if study._is_multi_objective() else default_gamma
        below, above = _split_trials(study, trials, gamma(n_complete))
        return below, above

    def _columns(self, trials: list[Any]) -> dict[str, Floats]:
        """By the name of each gene, what the trials chose; a trial is translated once."""
        if not trials:
            return {}
        rows = []
        for trial in trials:
            number = trial.number
            if number not in self._rows:
                genes, params = trial.distributions, trial.params
                self._rows[number] = np.array(
                    [genes[name].to_internal_repr(params[name]) for name in genes], dtype=float
                )
            rows.append(self._rows[number])
        return dict(zip(trials[0].distributions, np.array(rows).T, strict=True))


class TPEStudy:
    """A study in memory. Values are seen in units (`units_of`) of the range of the first ``n_startup_trials``.

    Until these are known, when all proposals are random, values are kept back.
    """

    def __init__(self, space: Space, n_objectives: int, *, sampler: TPESampler, n_startup_trials: int) -> None:
        self._genes = distributions(space)
        self._n_startup_trials = n_startup_trials
        self._units: Floats | None = None
        self._kept_back: list[tuple[int, Floats]] = []
        with quiet():
            self._study = optuna.create_study(
                study_name="hwbench_mo", sampler=sampler, directions=["minimize"] * n_objectives
            )

    def ask(self) -> tuple[int, Codes]:
        """The number of a trial, which runs from now on, and its code ``[1, d]`` as Optuna suggests it."""
        with quiet():
            trial = self._study.ask(self._genes)
        params = trial.params  # a deep copy each time
        return trial.number, np.array([[params[name] for name in self._genes]], dtype=np.int64)

    def replace(self, number: int, code: Ints) -> int:
        """The number of another trial, which runs with ``code``, in place of the one that was suggested."""
        params = dict(zip(self._genes, code.tolist(), strict=True))
        with quiet():
            self._study.tell(number, state=TrialState.FAIL)
            self._study.add_trial(create_trial(state=TrialState.RUNNING, params=params, distributions=self._genes))
        return len(self._study.get_trials(deepcopy=False)) - 1

    def drop(self, number: int) -> None:
        """A trial that is not evaluated."""
        with quiet():
            self._study.tell(number, state=TrialState.FAIL)

    def tell(self, numbers: list[int], values: Values) -> None:
        self._kept_back.extend(zip(numbers, values.copy(), strict=True))
        if self._units is None:
            if len(self._kept_back) < self._n_startup_trials:
                return
            self._units = units_of(np.array([value for _, value in self._kept_back[: self._n_startup_trials]]))
        with quiet():
            for number, value in self._kept_back:
                self._study.tell(number, np.clip(value / self._units, -HUGE, HUGE).tolist())
        self._kept_back.clear()
