"""Decoupled evaluations and the optimizers that listen to their parts: those that believe what is pending."""

import importlib.util
from typing import Any

import numpy as np
import pytest

from hwbench_mo import CostModel, Problem, make_problem, simulate
from optimizers import EHVI, LSBO, RSBO, QLogEHVI
from optimizers.libraries.botorch.observations import standardised, standardised_as
from tests.support.optimizers import needs_botorch, quicken

BELIEVERS = [EHVI, LSBO, RSBO, QLogEHVI]
DECOUPLED = CostModel(decoupled=True)


@pytest.fixture(autouse=True)
def quick_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the conformance suite."""
    if importlib.util.find_spec("botorch") is not None:
        quicken(monkeypatch)


def settled(make: Any, problem: Problem) -> Any:
    return make(problem, seed=0, n_initial=6, n_candidates=16)


@pytest.fixture
def problem() -> Problem:
    return make_problem("gpt_s", ["perplexity", "latency@a100", "params"])


@needs_botorch
@pytest.mark.parametrize("base", BELIEVERS)
def test_models_believe_what_is_known_and_predict_the_rest(base: Any, problem: Problem) -> None:
    """Parameters are known when an evaluation starts; latency and perplexity of some when others end."""
    seen: list[tuple[str, ...]] = []
    unknown = np.full(len(problem.objectives), np.nan)

    class Watched(base):  # type: ignore[misc]
        def acquisition(self, view: Any) -> Any:
            rows = [row for row in range(len(self._codes)) if row not in self._values]
            if rows:
                values = np.stack([self._values[row] for row in sorted(self._values)])
                truth = standardised_as(values, problem.evaluate(np.stack([self._codes[row] for row in rows])))
                is_known = view.Y[-len(rows) :].numpy() == truth
                assert (is_known == ~np.isnan([self._parts.get(row, unknown) for row in rows])).all()
                seen.extend(tuple(np.array(problem.objectives)[known]) for known in is_known)
            return super().acquisition(view)

    Watched.__module__ = base.__module__
    optimizer = settled(Watched, problem)
    trajectory = simulate(problem, optimizer, budget=14, n_workers=3, cost=DECOUPLED)
    assert len(trajectory) == 14
    assert optimizer._surrogate.n_failed == 0
    assert set(seen) == {("params",), ("latency@a100", "params")}


class Deaf:
    """An optimizer that is not told parts."""

    def __init__(self, optimizer: Any) -> None:
        self.ask, self.tell = optimizer.ask, optimizer.tell


def proposed(problem: Problem, optimizer: Any, n_workers: int, cost: CostModel) -> bytes:
    return simulate(problem, optimizer, budget=12, n_workers=n_workers, cost=cost).codes.tobytes()


@needs_botorch
@pytest.mark.parametrize("make", BELIEVERS)
@pytest.mark.parametrize(("n_workers", "cost"), [(3, CostModel()), (1, DECOUPLED)])
def test_parts_change_nothing_where_there_are_none(
    make: Any, n_workers: int, cost: CostModel, problem: Problem
) -> None:
    """With ordinary costs nobody is told any; one worker alone ends before the next proposal."""
    listening, deaf = settled(make, problem), Deaf(settled(make, problem))
    assert proposed(problem, listening, n_workers, cost) == proposed(problem, deaf, n_workers, cost)


@needs_botorch
def test_parts_change_proposals(problem: Problem) -> None:
    first, again = (proposed(problem, settled(EHVI, problem), 3, DECOUPLED) for _ in range(2))
    assert first == again
    assert first != proposed(problem, Deaf(settled(EHVI, problem)), 3, DECOUPLED)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_other_points_are_in_the_units_of_the_values(scale: float) -> None:
    values = np.random.default_rng(0).random((9, 2)) * scale
    own, _ = standardised(values, None)
    assert (standardised_as(values, values) == own).all()
    assert standardised_as(values, np.array([[np.inf, -np.inf]])).tolist() == [[-1e3, 1e3]]
    assert np.isnan(standardised_as(values, np.array([[np.nan, 0.0]]))[0]).tolist() == [True, False]
