"""Robust regression: against least squares, against refits, and against what coefficients do from sample to sample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo.fitting.regression import HUBER, enforce, huber_loss, huber_regression
from hwbench_mo.typing import Floats

TRUTH = np.array([2.0, 1.0, -1.0, 0.5])


def _sample(seed: int, n: int = 400, *, outliers: float = 0.0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.normal(5, 1, size=(n, 3))])
    y = x @ TRUTH + rng.normal(0, 0.01, n)
    return x, np.where(rng.random(n) < outliers, y * 100, y)


def test_outliers_are_ignored_and_without_any_it_is_least_squares() -> None:
    x, y = _sample(0)
    assert huber_regression(x, y).coefficients == pytest.approx(np.linalg.lstsq(x, y)[0], abs=0.005)
    assert huber_regression(*_sample(0, outliers=0.1)).coefficients == pytest.approx(TRUTH, abs=0.02)


def test_the_fit_is_where_the_loss_is_least() -> None:
    x, y = _sample(1, outliers=0.1)
    fit = huber_regression(x, y)
    pulls = x.T @ np.clip(fit.residuals, -HUBER * fit.scale, HUBER * fit.scale)
    assert np.abs(pulls).max() < 1e-3 * fit.scale * len(y)


def test_left_out_residuals_are_those_of_refits() -> None:
    """Exact for least squares, to which a fit without a single outlier comes close."""
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(30), rng.normal(size=(30, 2))])
    y = x @ [1.0, 2.0, 3.0] + rng.uniform(-1, 1, 30)
    fit = huber_regression(x, y)
    assert (fit.weights == 1).mean() > 0.9
    for row in range(30):
        others = np.arange(30) != row
        refit = huber_regression(x[others], y[others])
        assert fit.left_out()[row] == pytest.approx(y[row] - x[row] @ refit.coefficients, abs=0.08)


def test_covariance_is_what_coefficients_do_from_sample_to_sample() -> None:
    fits = [huber_regression(*_sample(seed, outliers=0.05)) for seed in range(300)]
    actual = np.cov(np.stack([fit.coefficients for fit in fits]).T)
    claimed = np.mean([fit.covariance for fit in fits], axis=0)
    assert np.sqrt(np.diag(claimed)) == pytest.approx(np.sqrt(np.diag(actual)), rel=0.2)


def test_huber_loss_is_quadratic_then_linear() -> None:
    assert huber_loss(np.array([1.0]), 1.0) == 0.5
    assert huber_loss(np.array([10.0]), 1.0) == pytest.approx(HUBER * 10 - HUBER**2 / 2)


@given(st.integers(0, 2**32), st.integers(1, 4))
@settings(max_examples=50)
def test_enforced_coefficients_are_feasible_and_nearest(seed: int, n_constraints: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 5))
    covariance, constraints = root @ root.T + 0.1 * np.eye(5), rng.normal(size=(n_constraints, 5))
    coefficients = rng.normal(size=5)
    answer, active, refuted = enforce(coefficients, covariance, constraints, z_open=np.inf)
    assert not refuted.any()
    assert (constraints @ answer > -1e-6).all()
    if not active.any():
        assert (answer == coefficients).all()
    if active.sum() == 1:
        # A single active constraint: no feasible point on its boundary is nearer in the covariance's metric.
        row = constraints[active][0]
        distance = _squared(answer - coefficients, covariance)
        for _ in range(20):
            step = rng.normal(size=5)
            step -= row * (row @ step) / (row @ row)
            assert _squared(answer + step - coefficients, covariance) >= distance - 1e-9


def _squared(offset: Floats, covariance: Floats) -> float:
    return float(offset @ np.linalg.solve(covariance, offset))


def test_data_that_speaks_against_a_constraint_is_heard() -> None:
    answer, active, refuted = enforce(np.array([-0.5, -5.0]), np.eye(2), np.eye(2), z_open=3.0)
    assert answer.tolist() == [0.0, -5.0]
    assert active.tolist() == [True, False]
    assert refuted.tolist() == [False, True]
