"""Shrunk robust regression against closed forms, and the calibration of its errors."""

import numpy as np
import pytest

from hwbench_mo.fitting.regression import huber_regression
from hwbench_mo.fitting.shrunk import shrunk_regression


def test_without_a_prior_it_is_huber_regression() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([np.ones((200, 1)), rng.normal(size=(200, 3))], axis=1)
    y = x @ np.array([10.0, 1, 2, 3]) + rng.normal(size=200)
    y[:10] += 30
    found = shrunk_regression(x, y, np.full(4, np.inf))
    assert found.coefficients == pytest.approx(huber_regression(x, y).coefficients, abs=0.02)


def test_a_narrow_prior_shrinks_to_zero_and_a_wide_one_does_not() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([np.ones((20, 1)), rng.normal(size=(20, 1))], axis=1)
    y = x @ np.array([10.0, 1.0]) + rng.normal(0, 0.1, 20)
    narrow = shrunk_regression(x, y, np.array([np.inf, 1e-3]))
    wide = shrunk_regression(x, y, np.array([np.inf, 1e3]))
    assert abs(narrow.coefficients[1]) < 0.01
    assert wide.coefficients[1] == pytest.approx(1.0, abs=0.1)
    assert narrow.covariance[1, 1] < 1e-5  # the prior is trusted


def test_rows_that_are_met_exactly_have_no_noise() -> None:
    x = np.stack([np.ones(12), np.arange(12.0)], axis=1)
    found = shrunk_regression(x, x @ np.array([5.0, 2.0]), np.array([np.inf, 1.0]))
    assert found.coefficients == pytest.approx([5.0, 2.0])
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx([0, 0], abs=1e-9)


def test_standard_errors_of_few_rows_are_true() -> None:
    rng = np.random.default_rng(2)
    z = []
    for _ in range(200):
        truth = np.concatenate([rng.normal(size=5), rng.normal(0, 0.3, 3)])
        x = np.concatenate([np.ones((20, 1)), rng.normal(size=(20, 7))], axis=1)
        y = x @ truth + rng.normal(0, 0.5, 20)
        found = shrunk_regression(x, y, np.array([*[np.inf] * 5, *[0.3] * 3]))
        z.append((found.coefficients - truth) / np.sqrt(np.diag(found.covariance)))
    assert np.sqrt(np.mean(np.square(z), axis=0)) == pytest.approx(np.ones(8), abs=0.35)
