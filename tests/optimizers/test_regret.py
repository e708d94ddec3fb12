"""Optimizers end below random search."""

from collections.abc import Callable

import pytest

from hwbench_mo import Optimizer, regret_curve, simulate
from optimizers import AGEMOEA2, MOEAD, MOREA, MOTPE, NSGA2, NSGA3, SMSEMOA, SPEA2, LocalSearch, RandomSearch
from tests.support.optimizers import PROBLEMS, needs_numba, needs_optuna, needs_syne_tune


def regrets(make: Callable[..., Optimizer], n_seeds: int, *, budget: int = 1000) -> list[float]:
    """Hypervolume regret at the end."""
    problem = PROBLEMS["gpt_s"]()
    runs = [simulate(problem, make(problem, seed=seed), budget=budget) for seed in range(n_seeds)]
    return [float(regret_curve(problem, run.values)[-1]) for run in runs]


def test_nsga2_ends_below_random_search_on_every_seed() -> None:
    """Measured: 0.046 to 0.077 against 0.083 to 0.099."""
    assert max(regrets(NSGA2, 20)) < min(regrets(RandomSearch, 20))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "wins", "budget"),
    [
        (LocalSearch, 17, 1000),  # measured: 18 of 20, median 0.073
        (NSGA3, 18, 1000),  # 19, 0.069
        (SMSEMOA, 20, 1000),  # 20, 0.062
        (SPEA2, 20, 1000),  # 20, 0.054
        (MOEAD, 20, 1000),  # 20, 0.046
        pytest.param(MOREA, 20, 1000, marks=needs_syne_tune),  # 20, 0.036
        pytest.param(AGEMOEA2, 20, 1000, marks=needs_numba),  # 20, 0.059
        pytest.param(MOTPE, 20, 300, marks=needs_optuna),  # 20, 0.069 (random search 0.107)
    ],
)
def test_ends_below_random_search(make: Callable[..., Optimizer], wins: int, budget: int) -> None:
    pairs = zip(regrets(make, 20, budget=budget), regrets(RandomSearch, 20, budget=budget), strict=True)
    assert sum(own < random for own, random in pairs) >= wins
