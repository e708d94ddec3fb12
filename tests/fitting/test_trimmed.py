"""Least trimmed squares against rows that are wrong, and where nothing is."""

import numpy as np
import pytest

from hwbench_mo.fitting.trimmed import least_trimmed_squares
from hwbench_mo.typing import Floats

TRUTH = np.array([3.0, 1.0, 2.0, 0.5])


def rows(n: int, seed: int, noise: float) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.ones((n, 1)), rng.integers(0, 6, (n, 3))], axis=1).astype(np.float64)
    return x, x @ TRUTH * np.exp(rng.normal(0, noise, n))


@pytest.mark.parametrize("seed", range(3))
def test_a_quarter_of_wrong_rows_at_the_edge_of_the_design_changes_nothing(seed: int) -> None:
    x, y = rows(32, seed, 0.003)
    wrong = np.argsort(x @ TRUTH)[-8:]  # those of most leverage
    y[wrong] *= 1.3
    assert np.abs(np.linalg.lstsq(x, y)[0] / TRUTH - 1).max() > 0.05
    found = least_trimmed_squares(x, y, bound=0.02)
    assert found.coefficients == pytest.approx(TRUTH, rel=0.05)
    assert np.abs(x @ found.coefficients / (x @ TRUTH) - 1).max() < 0.01


def test_without_wrong_rows_it_is_least_squares() -> None:
    x, y = rows(30, 0, 0.003)
    expected = np.linalg.lstsq(x / y[:, None], np.ones(30))[0]
    found = least_trimmed_squares(x, y, bound=0.02)
    assert found.coefficients == pytest.approx(expected, rel=1e-9)
    assert np.median(found.deviation) == pytest.approx(0.003, rel=0.4)


def test_a_strong_prior_holds_a_coefficient_at_zero() -> None:
    x, y = rows(30, 0, 0.0)
    prior = np.array([[0.0, 0.0, 0.0, 1e6]])
    assert least_trimmed_squares(x, y, bound=0.5, prior=prior).coefficients[3] == pytest.approx(0.0, abs=1e-6)
