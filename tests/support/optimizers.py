"""Every optimizer and the problems that the conformance suite runs it on: a new optimizer adds one line."""

import importlib.util
from collections.abc import Callable, Iterable
from functools import partial

import pytest

from hwbench_mo import Optimizer, Problem, make_problem
from hwbench_mo.testing.problems import PROBLEMS as OF_EVERY_CHECK
from optimizers import (
    AGEMOEA2,
    EHVI,
    LSBO,
    MOASHA,
    MOEAD,
    MOREA,
    MOTPE,
    NSGA2,
    NSGA3,
    RSBO,
    SMSEMOA,
    SPEA2,
    LocalSearch,
    QLogEHVI,
    QLogNEHVI,
    QLogNParEGO,
    RandomSearch,
)
from optimizers.libraries.botorch.model_based import ModelBased
from optimizers.shared import isolated
from tests.support.spaces import SMALL, random_benchmark
from tests.support.tables import random_table

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "random_search": RandomSearch,
    "local_search": LocalSearch,
    "nsga2": partial(NSGA2, pop_size=8),
    "nsga3": partial(NSGA3, pop_size=8),
    "moead": partial(MOEAD, pop_size=8, n_neighbors=4),
    "sms_emoa": partial(SMSEMOA, pop_size=8),
    "spea2": partial(SPEA2, pop_size=8),
    "age_moea2": partial(AGEMOEA2, pop_size=8),
    "morea": partial(MOREA, population_size=8, sample_size=3),
    "moasha": MOASHA,
    "motpe": partial(MOTPE, n_ei_candidates=4),
    "ehvi": partial(EHVI, n_initial=6, n_candidates=32, refit=9.0),
    "lsbo": partial(LSBO, n_initial=6, n_candidates=32, refit=9.0),
    "rsbo": partial(RSBO, n_initial=6, n_candidates=32, refit=9.0),
    "qlogehvi": partial(QLogEHVI, n_initial=6, n_candidates=16, refit=9.0),
    "qlognehvi": partial(QLogNEHVI, n_initial=6, n_candidates=16, refit=9.0),
    "qlognparego": partial(QLogNParEGO, n_initial=6, n_candidates=16, refit=9.0),
}
BOTORCH = {"ehvi", "lsbo", "rsbo", "qlogehvi", "qlognehvi", "qlognparego"}
MODEL_BASED = BOTORCH | {"motpe"}
PYMOO = {"nsga2", "nsga3", "moead", "sms_emoa", "spea2", "age_moea2"}
CAN_RETURN = {"moasha", "nsga2", "nsga3", "sms_emoa", "spea2", "age_moea2"}
"""By their definition an architecture that has left the population can come back, or is measured on; no other proposes
one twice."""
PROBLEMS: dict[str, Callable[[], Problem]] = {
    **OF_EVERY_CHECK,
    "small": lambda: make_problem(random_benchmark(SMALL, 0), ["perplexity", "latency@a100"]),
    "small, 3 objectives": lambda: make_problem(random_benchmark(SMALL, 1), ["perplexity", "latency@a100", "params"]),
    "table": lambda: make_problem(random_table(), ["perplexity", "latency@a100"]),
    "noisy table": lambda: make_problem(random_table(), ["accuracy", "energy@a100"], noise="sample"),
}


needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
needs_optuna = pytest.mark.skipif(importlib.util.find_spec("optuna") is None, reason="optuna is not installed")
needs_syne_tune = pytest.mark.skipif(importlib.util.find_spec("syne_tune") is None, reason="Syne Tune is not installed")
needs_botorch = pytest.mark.skipif(importlib.util.find_spec("botorch") is None, reason="BoTorch is not installed")
MARKS = {
    **{name: [needs_botorch] for name in BOTORCH},
    "age_moea2": [needs_numba],
    "motpe": [needs_optuna],
    "morea": [needs_syne_tune],
    "moasha": [needs_syne_tune],
}


def each_of(names: Iterable[str]) -> pytest.MarkDecorator:
    """Runs a test for each of some optimizers, and skips those whose library is not installed."""
    return pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, [])) for name in names])


every_optimizer = each_of(OPTIMIZERS)


def quicken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fits of Gaussian processes and local searches end after one step, and means are of few samples.

    For tests of what does not depend on how good the models are.
    """
    with isolated():
        from optimizers.libraries.botorch import acquisition, gaussian_process
    monkeypatch.setattr(gaussian_process, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(acquisition, "N_SAMPLES", 4)
    monkeypatch.setattr(ModelBased, "local_search_steps", 1)
