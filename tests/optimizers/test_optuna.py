"""The adapter of Optuna against a bare study, on ZDT1 and DTLZ2 with genes of a few levels.

The same seed must give the same bytes until Optuna suggests an architecture again.
"""

import re
import sys
from functools import partial
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, make_problem
from hwbench_mo.typing import Codes
from optimizers import MOTPE
from optimizers.shared import units_of
from tests.support.discretised import DISCRETISED, LEVELS, Discretised, every_discretised, first_repeat, proposed

optuna = pytest.importorskip("optuna")
INSTALL = "pip install -c constraints.txt -e '.[optuna]'"
INSTALL = "pip install -c constraints.txt -e '.[optuna]'"


def native(box: Discretised, *, seed: int, budget: int, **settings: Any) -> Codes:
    """What a bare study evaluates; values in the units of the optimizer, which are known from the tenth on."""
    from optimizers.libraries.optuna.study import silenced

    sampler = optuna.samplers.TPESampler(seed=seed, **settings)
    genes = {
        f"gene {gene}": optuna.distributions.CategoricalDistribution(range(k))
        for gene, k in enumerate(LEVELS.n_choices)
    }
    with silenced():
        study = optuna.create_study(sampler=sampler, directions=["minimize"] * len(box.objectives))
    codes: list[Codes] = []
    first: list[tuple[Any, Codes]] = []
    for _ in range(budget):
        trial = study.ask(genes)
        params = trial.params
        codes.append(np.array([[params[name] for name in genes]]))
        first.append((trial, box.evaluate(codes[-1])[0]))
        if len(codes) < 10:
            continue
        if len(codes) == 10:
            units = units_of(np.array([value for _, value in first]))
        for running, value in first:
            study.tell(running, (value / units).tolist())
        first.clear()
    return np.concatenate(codes)


@pytest.mark.parametrize("multivariate", [True, False])
@every_discretised
def test_the_bytes_are_those_of_optuna_until_one_repeats(problem_name: str, multivariate: bool) -> None:
    box = DISCRETISED[problem_name]()
    budget = 40 if multivariate else 30
    ours = proposed(partial(MOTPE, multivariate=multivariate), box, seed=3, budget=budget, at_once=1)
    theirs = native(box, seed=3, budget=budget, multivariate=multivariate)
    repeated = first_repeat(theirs)
    assert repeated > 20
    assert (ours[:repeated] == theirs[:repeated]).all()
    assert len(np.unique(ours, axis=0)) == len(ours)


def test_the_study_holds_what_was_evaluated_in_canonical_form() -> None:
    """Optuna suggests genes of absent layers too; and what it suggests again is replaced."""
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    optimizer = MOTPE(problem, seed=0)
    asked = np.concatenate([optimizer.ask(4) for _ in range(5)])
    values = problem.evaluate(asked)
    optimizer.tell(asked[::-1], values[::-1])
    trials = optimizer._study._study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    held = np.array([list(trial.params.values()) for trial in trials])
    assert (held == asked).all()
    assert (problem.space.canonical(held) == held).all()
    units = values / np.array([trial.values for trial in trials])
    assert (units == units[0]).all()
    assert (np.frexp(units[0])[0] == 0.5).all()  # powers of two


def test_units_of_objectives_change_nothing() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])

    def scaled(scale: float) -> bytes:
        optimizer = MOTPE(problem, seed=0)
        codes = []
        for _ in range(40):
            codes.append(optimizer.ask(1))
            optimizer.tell(codes[-1], problem.evaluate(codes[-1]) * scale)
        return np.concatenate(codes).tobytes()

    assert scaled(2.0**-300) == scaled(1.0) == scaled(2.0**400)


def test_the_log_of_optuna_stays_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    MOTPE(make_problem("gpt_s", ["perplexity", "latency@a100"]), seed=0).ask(1)
    assert optuna.logging.get_verbosity() == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_startup_trials": 0}, "n_startup_trials is 0, but must be at least 1"),
        ({"n_ei_candidates": 2.5}, "n_ei_candidates is 2.5, but must be an integer"),
        ({"multivariate": "yes"}, "multivariate is 'yes', but must be true or false"),
        ({"constant_liar": 1}, "constant_liar is 1, but must be true or false"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        MOTPE(make_problem("gpt_s", ["perplexity"]), seed=0, **settings)


def test_without_optuna_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=re.escape(f"needs Optuna, which is not installed: {INSTALL}")):
        MOTPE(make_problem("gpt_s", ["perplexity"]), seed=0)
