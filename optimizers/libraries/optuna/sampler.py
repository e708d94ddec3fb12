"""Optuna's tree-structured Parzen estimator, with the same proposals in less time."""

from typing import Any

import numpy as np
from optuna.samplers import TPESampler
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_gamma_multiobjective
from optuna.trial import TrialState

from hwbench_mo.typing import Floats


class CachedTPESampler(TPESampler):  # type: ignore[misc]
    """Splits the trials into good and bad once a suggestion, and translates the choices of each trial once.

    Optuna's own sampler does both anew for every gene. The proposals are the same.
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
        """The choices of the trials, ``[n]`` for the name of each gene."""
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
