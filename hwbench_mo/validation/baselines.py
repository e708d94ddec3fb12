"""Baselines: the methods that the surrogates are compared with, fitted to the same architectures.

All of them predict logarithms. Hardware cost depends on an architecture's width, depth, bias and on how many layers
take each choice; quality also depends on the order of layers, and so on the genes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import FIRST_SLOT
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Codes, Floats
from hwbench_mo.validation.gaussian import Learner, gaussian_forecast
from hwbench_mo.validation.neural import neural_learner, one_hot_views
from hwbench_mo.validation.scores import LEVELS

ROUNDS, PATIENCE = 1000, 50
LIGHTGBM = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "verbose": -1,
    "num_threads": 1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
}
QUANTILE_ROUNDS = 100
QUANTILE_LIGHTGBM = {**LIGHTGBM, "objective": "quantile", "learning_rate": 0.2, "min_data_in_leaf": 50}
QUANTILE_LEVELS = (0.01, 0.025, *(i / 20 for i in range(1, 20)), 0.975, 0.99)
OPTIONAL_MODELS = {"CAT": "catboost", "FASTAI": "fastai", "NN_TORCH": "torch", "XGB": "xgboost"}
"""AutoGluon's models that are left out where the package that they need is not installed."""
EXTRA, AUTOGLUON = "hwbench_mo[validate]", "autogluon.tabular[lightgbm]"
"""What brings the packages of the baselines."""
MOST_REPEATS = 10
"""Quantile regression sees at most so many repeats of an architecture."""


def views(space: SearchSpace, codes: Codes, target: str) -> list[Floats]:
    """The features that a baseline may choose from, each ``[n, p]``: for hardware counts, or counts and genes.

    For quality they are counts and genes.
    """
    counts = np.concatenate([codes[:, :FIRST_SLOT], space.counts_as_floats(codes)], axis=1)
    active = space.active_slots(codes)
    genes = np.where(np.tile(active, 2), codes[:, FIRST_SLOT:], -1)  # absent layers are told apart
    both = np.concatenate([counts, genes], axis=1)
    return [both] if target in QUALITY else [counts, both]


def lightgbm_learner(x: list[Floats], y: Floats, held: np.ndarray, x_new: list[Floats]) -> tuple[Floats, Floats]:
    """Boosted trees. For each column of ``y``, rounds and features are those with the least error on the held rows."""
    import lightgbm as lgb

    held_answers, answers = np.empty((int(held.sum()), y.shape[1])), np.empty((len(x_new[0]), y.shape[1]))
    for column, values in enumerate(y.T):
        best = np.inf
        for view, one in enumerate(x):
            train = lgb.Dataset(one[~held], values[~held])
            check = lgb.Dataset(one[held], values[held], reference=train)
            stop = lgb.early_stopping(PATIENCE, verbose=False)
            model = lgb.train(LIGHTGBM, train, ROUNDS, valid_sets=[check], callbacks=[stop])
            answer = np.asarray(model.predict(one[held]))
            error = float(np.abs(answer - values[held]).mean())
            if error < best:
                best, chosen, rounds = error, view, model.best_iteration
                held_answers[:, column] = answer
        final = lgb.train(LIGHTGBM, lgb.Dataset(x[chosen], values), rounds)
        answers[:, column] = np.asarray(final.predict(x_new[chosen]))
    return held_answers, answers


def trees_learner(x: list[Floats], y: Floats, held: np.ndarray, x_new: list[Floats]) -> tuple[Floats, Floats]:
    """Extremely randomised trees (Geurts et al., 2006), one forest for all columns of ``y``."""
    from sklearn.ensemble import ExtraTreesRegressor

    def fit(rows: np.ndarray) -> ExtraTreesRegressor:
        return ExtraTreesRegressor(100, min_samples_leaf=5, random_state=0, n_jobs=1).fit(
            x[0][rows], scaled[rows].squeeze()
        )

    shift, scale = y.mean(axis=0), y.std(axis=0)
    scale[scale == 0] = 1.0
    scaled = (y - shift) / scale  # so that no column alone decides where to split
    answers = [fit(~held).predict(x[0][held]), fit(np.ones(len(y), dtype=bool)).predict(x_new[0])]
    held_answers, new = (shift + scale * answer.reshape(len(answer), -1) for answer in answers)
    return held_answers, new


def autogluon_learner(seconds: float) -> Learner:
    """AutoGluon's ensembles, tuned on the held rows, in at most so many seconds for each column of ``y``."""

    def learn(x: list[Floats], y: Floats, held: np.ndarray, x_new: list[Floats]) -> tuple[Floats, Floats]:
        import logging
        import tempfile

        import pandas as pd
        from autogluon.tabular import TabularPredictor

        logging.getLogger("autogluon").setLevel(logging.ERROR)
        x_all, new = (pd.DataFrame(one[-1]).rename(columns=str) for one in (x, x_new))
        held_answers, answers = np.empty((int(held.sum()), y.shape[1])), np.empty((len(new), y.shape[1]))
        for column, values in enumerate(y.T):
            table = x_all.assign(y=values)
            with tempfile.TemporaryDirectory() as scratch:
                predictor = TabularPredictor(
                    "y", problem_type="regression", path=scratch, verbosity=0, log_to_file=False
                ).fit(
                    table[~held],
                    tuning_data=table[held],
                    time_limit=seconds,
                    excluded_model_types=[
                        kind for kind, module in OPTIONAL_MODELS.items() if find_spec(module) is None
                    ],
                    num_cpus=1,
                    num_gpus=0,
                )
                held_answers[:, column] = predictor.predict(x_all[held]).to_numpy()
                answers[:, column] = predictor.predict(new).to_numpy()
        return held_answers, answers

    return learn


def quantile_forecast(train: Measurements, codes: Codes, target: str) -> Floats:
    """``[n, 99]``; LightGBM's quantile regression: one booster a level, sorted, then interpolated to `LEVELS`."""
    import lightgbm as lgb

    rng = np.random.default_rng(0)
    repeats = train.readings[target]
    order = np.argsort(np.where(np.isfinite(repeats), rng.random(repeats.shape), np.inf), axis=1)
    chosen = np.take_along_axis(repeats, order[:, :MOST_REPEATS], axis=1)
    known = np.isfinite(chosen)
    x = views(train.space, train.codes, target)[0]
    x_new = views(train.space, codes, target)[0]
    data = lgb.Dataset(x[np.nonzero(known)[0]], np.log(chosen[known]), free_raw_data=False)
    answers = np.empty((len(codes), len(QUANTILE_LEVELS)))
    for k, level in enumerate(QUANTILE_LEVELS):
        model = lgb.train({**QUANTILE_LIGHTGBM, "alpha": level}, data, QUANTILE_ROUNDS)
        answers[:, k] = np.asarray(model.predict(x_new))
    answers.sort(axis=1)
    return np.exp(np.stack([np.interp(LEVELS, QUANTILE_LEVELS, row) for row in answers]))


@dataclass(frozen=True)
class Baseline:
    """A method; its forecast for n new architectures is ``[n, 99]``, their quantiles at `LEVELS`."""

    label: str
    module: str
    """The module that the method needs."""
    package: str
    """The package that brings the module."""
    requirement: str
    """What pip installs to bring it: an extra of ours, or the package where no extra has it."""
    forecast: Callable[[Measurements, Codes, str], Floats]

    @property
    def command(self) -> str:
        """How it is installed."""
        extra = self.requirement.partition("[")[2].removesuffix("]") if "hwbench_mo[" in self.requirement else ""
        return how_to_install(extra) if extra else f"pip install '{self.requirement}'"

    @property
    def installed(self) -> bool:
        return find_spec(self.module.partition(".")[0]) is not None and find_spec(self.module) is not None

    def __call__(self, train: Measurements, codes: Codes, target: str) -> Floats:
        if not self.installed:
            raise InputError(f"the comparison with {self.label} needs {self.package}: {self.command}")
        return self.forecast(train, codes, target)


def _gaussian(
    learner: Learner, features: Callable[[SearchSpace, Codes, str], list[Floats]] = views
) -> Callable[[Measurements, Codes, str], Floats]:
    def forecast(train: Measurements, codes: Codes, target: str) -> Floats:
        x, x_new = (features(train.space, one, target) for one in (train.codes, codes))
        return gaussian_forecast(train, target, x, x_new, learner)

    return forecast


def all_baselines(*, autogluon_seconds: float = 30.0) -> Mapping[str, Baseline]:
    """Every baseline by name."""
    autogluon = _gaussian(autogluon_learner(autogluon_seconds))
    neural = _gaussian(neural_learner, one_hot_views)
    return MappingProxyType(
        {
            "lightgbm": Baseline("LightGBM", "lightgbm", "lightgbm", EXTRA, _gaussian(lightgbm_learner)),
            "lightgbm_quantile": Baseline("LightGBM quantiles", "lightgbm", "lightgbm", EXTRA, quantile_forecast),
            "trees": Baseline("scikit-learn's trees", "sklearn", "scikit-learn", EXTRA, _gaussian(trees_learner)),
            "neural": Baseline("neural networks", "sklearn", "scikit-learn", EXTRA, neural),
            "autogluon": Baseline("AutoGluon", "autogluon.tabular", "autogluon.tabular", AUTOGLUON, autogluon),
        }
    )
