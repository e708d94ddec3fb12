"""One conformance suite for all optimizers: a new one adds one line to `OPTIMIZERS`."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, Optimizer, simulate
from hwbench_mo.simulation import Batched
from hwbench_mo.typing import Codes, Values
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
    TINY,
    every_optimizer,
    quicken,
)
from tests.support.spaces import codes_of


def some(name: str, n: int, of_model_based: int | None = None) -> int:
    """How many of ``n`` evaluations a test makes: of the model-based ones, which take long, a few with the model."""
    few = of_model_based or (9 if name in BOTORCH else 13)
    return min(n, few) if name in MODEL_BASED else n


every_problem = pytest.mark.parametrize("problem_name", list(PROBLEMS))


@pytest.fixture(autouse=True)
def quick_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") in BOTORCH:
        quicken(monkeypatch)


@every_optimizer
@every_problem
def test_asks_for_new_canonical_codes_of_the_space(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    assert isinstance(optimizer, Optimizer)
    seen: list[Codes] = []
    for n in (1, 3, 0, some(name, 20, 3), 2, some(name, 20, 1)):
        codes = optimizer.ask(n)
        assert codes.dtype == np.int64
        assert len(codes) <= n
        assert (problem.space.canonical(codes) == codes).all()
        seen.append(codes)
        optimizer.tell(codes, problem.evaluate(codes))
    together = np.concatenate(seen)
    assert len(together) > 0
    if name not in CAN_RETURN:
        assert len(np.unique(together, axis=0)) == len(together)


@every_optimizer
@every_problem
def test_the_same_seed_gives_the_same_run(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    budget = 7 if name in BOTORCH else 13 if name in MODEL_BASED else 30  # one suggestion of a model, or three

    def run(seed: int) -> bytes:
        trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=seed), budget=budget, n_workers=3)
        return trajectory.codes.tobytes() + trajectory.values.tobytes() + trajectory.finish_times.tobytes()

    first = run(0)
    if problem.space.size > 1000:
        assert run(1) != first
    np.random.seed(123)  # noqa: NPY002
    random.seed(123)
    assert run(0) == first


@every_optimizer
def test_global_generators_are_left_alone(name: str) -> None:
    np.random.seed(7)  # noqa: NPY002
    random.seed(7)
    before = np.random.get_state(), random.getstate()  # noqa: NPY002
    problem = PROBLEMS["gpt_s"]()
    simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=some(name, 40))
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    assert str(before) == str(after)


SCALES: dict[str, Callable[[Values], Values]] = {
    "all equal": lambda values: np.full_like(values, 3.0),
    "all zero": np.zeros_like,
    "one objective equal": lambda values: values * np.array([0.0, 1.0]),
    "tiny": lambda values: values * 1e-300,
    "huge": lambda values: values * 1e300,
    "one of each": lambda values: values * np.array([1e-300, 1e300]),
    "from tiny to huge": lambda values: 10.0 ** np.interp(values, (0, 60), (-300, 300)),
    "of both signs": lambda values: (values - values.mean(axis=0)) * 1e300,
}


@every_optimizer
@pytest.mark.parametrize("scale", list(SCALES))
def test_survives_equal_values_and_extreme_scales(name: str, scale: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    n_asked = 0
    size = some(name, 8, 2)
    while n_asked < some(name, 48):
        codes = optimizer.ask(size)
        assert len(codes) > 0
        n_asked += len(codes)
        values = SCALES[scale](problem.evaluate(codes))
        told = values.copy()
        values.setflags(write=False)
        codes.setflags(write=False)
        optimizer.tell(codes, values)
        assert (values == told).all()
    assert len(optimizer.ask(size)) > 0


@every_optimizer
@pytest.mark.parametrize("problem_name", ["gpt_l, 1 objective", "gpt_m, 3 objectives"])
def test_survives_few_distinct_values_of_any_number_of_objectives(name: str, problem_name: str) -> None:
    problem = PROBLEMS[problem_name]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    size = some(name, 8, 3)
    for n_distinct in (1, 2, 3) * some(name, 4, 1):
        codes = optimizer.ask(size)
        optimizer.tell(codes, problem.evaluate(codes) * 0 + np.arange(len(codes))[:, None] % n_distinct)
    assert len(optimizer.ask(size)) > 0


@every_optimizer
def test_told_in_any_grouping_it_proposes_the_same(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()

    def proposed(n_told: int) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        codes = []
        for _ in range(some(name, 8, 3)):
            codes.append(optimizer.ask(some(name, 8, 3)))
            values = problem.evaluate(codes[-1])
            for start in range(0, len(values), n_told):
                optimizer.tell(codes[-1][start : start + n_told], values[start : start + n_told])
        return np.concatenate(codes).tobytes()

    assert proposed(1) == proposed(3) == proposed(8)


@every_optimizer
def test_warnings_of_a_user_stay_as_they_were(name: str) -> None:
    """pymoo's NSGA-III and SPEA2 switch all of the process off."""
    problem = PROBLEMS["gpt_s"]()
    before = warnings.filters[:]
    simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=some(name, 40))
    assert warnings.filters == before


@every_optimizer
def test_results_may_come_in_any_order_and_late(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()
    optimizer = OPTIMIZERS[name](problem, seed=0)
    rng = np.random.default_rng(0)
    waiting = problem.space.sample(0, rng)
    n_asked = 0
    for _ in range(some(name, 60, 7)):
        codes = optimizer.ask(some(name, 4, 2))
        n_asked += len(codes)
        waiting = rng.permutation(np.concatenate([waiting, codes]))
        done, waiting = waiting[: len(waiting) // 2 + 1], waiting[len(waiting) // 2 + 1 :]
        optimizer.tell(done, problem.evaluate(done))
    assert n_asked > some(name, 40)


@every_optimizer
def test_a_small_space_is_exhausted_without_an_endless_loop(name: str) -> None:
    problem = PROBLEMS["tiny"]()
    trajectory = simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=500)
    assert TINY.size == 6
    assert len(np.unique(trajectory.codes, axis=0)) <= 6
    if name not in CAN_RETURN:
        assert sorted(map(tuple, trajectory.codes)) == sorted(map(tuple, codes_of(TINY)))


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
