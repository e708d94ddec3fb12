"""A study of Optuna on a problem of hwbench_mo: ``python examples/frameworks/optuna_study.py``.

Afterwards ``optuna-dashboard optuna_study.log`` shows it, if optuna-dashboard is installed.
"""

import warnings

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

import hwbench_mo as hb


def main(n_trials: int = 100, journal: str = "optuna_study.log") -> float:
    """The regret of the study."""
    problem = hb.make_problem("gpt_s", ["accuracy", "latency@a100"])
    objective = hb.adapters.to_optuna(problem)
    study = optuna.create_study(
        study_name="gpt_s",
        storage=JournalStorage(JournalFileBackend(journal)),
        load_if_exists=True,
        directions=objective.directions,
        sampler=optuna.samplers.TPESampler(seed=0),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names(objective.metric_names)
    study.optimize(objective, n_trials=n_trials)
    best = max(study.best_trials, key=lambda trial: trial.values[0])
    (architecture,) = problem.space.decode(objective.codes(best.params))
    print(f"most accurate: {best.values[0]:.3f} in {best.values[1]:.1f} ms, {architecture}")
    values = np.array([trial.values for trial in study.best_trials]) * problem.signs  # hwbench_mo minimises
    exact = hb.hypervolume(problem.pareto_front().values, reference=problem.reference_point)
    return 1 - hb.hypervolume(values, reference=problem.reference_point) / exact


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    print(f"regret {main():.3f} after 100 trials; optuna_study.log holds the study")
