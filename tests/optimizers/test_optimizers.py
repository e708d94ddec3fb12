"""One conformance suite for all optimizers: a new one adds one line to `OPTIMIZERS`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hwbench_mo import InputError, Optimizer
from hwbench_mo.simulation import Batched
from hwbench_mo.testing import CHECKS, Effort
from hwbench_mo.testing.determinism import repeats_with_its_seed
from hwbench_mo.testing.optimizers import ON_EVERY_PROBLEM, Check
from optimizers import (
    AGEMOEA2,
    EHVI,
    LSBO,
    MOEAD,
    NSGA2,
    NSGA3,
    RSBO,
    SMSEMOA,
    SPEA2,
    QLogEHVI,
)
from optimizers.shared import KINDS, Described
from tests.support.optimizers import (
    BOTORCH,
    CAN_RETURN,
    MODEL_BASED,
    OPTIMIZERS,
    PROBLEMS,
    PYMOO,
    every_optimizer,
    quicken,
)


def effort_of(name: str) -> Effort:
    """Of the model-based ones, whose suggestions take long, a few evaluations with the model."""
    most = 9 if name in BOTORCH else 13 if name in MODEL_BASED else None
    return Effort(most=most, may_return=name in CAN_RETURN)


@pytest.fixture(autouse=True)
def quick_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") in BOTORCH:
        quicken(monkeypatch)


@every_optimizer
@pytest.mark.parametrize("problem_name", list(PROBLEMS))
@pytest.mark.parametrize("check", ON_EVERY_PROBLEM, ids=lambda check: check.__name__)
def test_on_every_problem(name: str, problem_name: str, check: Check) -> None:
    effort = effort_of(name)
    if check is repeats_with_its_seed and name in BOTORCH:
        effort = replace(effort, most=7)  # one suggestion of a model, or three
    check(OPTIMIZERS[name], PROBLEMS[problem_name](), effort)


@every_optimizer
@pytest.mark.parametrize("check", [name for name, (_, check) in CHECKS.items() if check not in ON_EVERY_PROBLEM])
def test_keeps_what_is_expected_of_every_optimizer(name: str, check: str) -> None:
    problem, runs = CHECKS[check]
    runs(OPTIMIZERS[name], PROBLEMS[problem](), effort_of(name))


@every_optimizer
def test_declares_its_origin_and_batch_size(name: str) -> None:
    optimizer = OPTIMIZERS[name](PROBLEMS["gpt_s"](), seed=0)
    assert isinstance(optimizer, Described)
    assert optimizer.paper in " ".join((type(optimizer).__doc__ or "").split())
    assert optimizer.kind in KINDS
    assert optimizer.library is None or set(optimizer.library.versions()) == set(optimizer.library.distributions)
    assert isinstance(optimizer, Batched)
    assert optimizer.batch_size == (1000 if name == "random_search" else 8 if name in PYMOO else 1)


@every_optimizer
def test_after_the_first_batch_it_proposes_as_many_as_its_method_allows(name: str) -> None:
    """A generation of 8, or one child, or as many as it is asked for."""
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    first = optimizer.ask(8)
    assert len(first) == (6 if name in BOTORCH else 8)
    optimizer.tell(first, problem.evaluate(first))
    n = 9 if name in BOTORCH else 100
    assert len(optimizer.ask(n)) == (1 if name in ("moead", "sms_emoa") else 8 if name in PYMOO else n)


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (NSGA2, {"pop_size": 1}, "pop_size is 1, but must be at least 2"),
        (NSGA3, {"pop_size": 1}, "pop_size is 1, but must be at least 2"),
        (NSGA3, {"pop_size": 2}, "pop_size is 2, but 3 objectives need at least 3"),
        (MOEAD, {"pop_size": 2}, "pop_size is 2, but 3 objectives need at least 3"),
        (MOEAD, {"n_neighbors": 1}, "n_neighbors is 1, but must be at least 2"),
        (SMSEMOA, {"n_offsprings": 0}, "n_offsprings is 0, but must be at least 1"),
        (SPEA2, {"pop_size": 2.5}, "pop_size is 2.5, but must be an integer"),
        (EHVI, {"n_initial": 0}, "n_initial is 0, but must be at least 1"),
        (QLogEHVI, {"n_candidates": 0}, "n_candidates is 0, but must be at least 1"),
        (RSBO, {"refit": -0.1}, "refit is -0.1, but must be a finite number of at least 0"),
        (LSBO, {"weights": [1, 1]}, r"weights is \[1, 1\], but must be 3 numbers, one an objective"),
        (LSBO, {"weights": [1, -1, 1]}, r"weights is \[1, -1, 1\], but must be 3 numbers, .* none negative"),
        (LSBO, {"weights": "abc"}, "weights is abc, but must be 3 numbers"),
        (AGEMOEA2, {"pop_size": 0}, "pop_size is 0, but must be at least 2"),
    ],
)
def test_wrong_settings_are_refused(make: Callable[..., Optimizer], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(PROBLEMS["gpt_m, 3 objectives"](), seed=0, **settings)
