"""Robust linear regression for the fits of tables: coefficients, covariance, leave-one-out residuals, constraints."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hwbench_mo.typing import Bools, Floats

HUBER = 1.345
"""Residuals beyond this many standard deviations count linearly (95 % efficiency for Gaussian errors; Huber, 1964)."""
FEW = 10
"""Rows a coefficient, below which standard errors are those for few rows."""
ITERATIONS = 40
TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class HuberFit:
    """A robust linear fit of ``y`` ``[n]`` on ``x`` ``[n, p]``, whose first column is all ones."""

    x: Floats
    coefficients: Floats
    """``[p]``."""
    residuals: Floats
    """``[n]``; y minus fit."""
    weights: Floats
    """``[n]``; Huber's, in (0, 1]."""

    @cached_property
    def scale(self) -> float:
        """Standard deviation of the bulk of the residuals: 1.4826 times the median absolute one."""
        return float(1.4826 * np.median(np.abs(self.residuals)))

    @cached_property
    def covariance(self) -> Floats:
        """``[p, p]``; covariance of the coefficients, for noise of any variance in each row (sandwich; Huber, 1967).

        Rows with residuals in the linear part of Huber's loss have no curvature. With few rows, the noise is taken as
        equal in all of them: a sandwich of so few would be far too narrow.
        """
        if len(self.x) < FEW * self.x.shape[1]:
            return self._covariance_of_few
        influence = self.x * (self.weights * self.residuals)[:, None]
        curvature = _inverse_normal(self.x, (np.abs(self.residuals) <= HUBER * self.scale).astype(np.float64))
        n, p = self.x.shape
        covariance: Floats = curvature @ (influence.T @ influence) @ curvature * (n / max(n - p, 1))
        return (covariance + covariance.T) / 2

    @cached_property
    def _covariance_of_few(self) -> Floats:
        """``[p, p]``; for equal noise, with the correction for few rows (Huber & Ronchetti, 2009, section 7.6)."""
        n, p = self.x.shape
        linear = np.abs(self.residuals) > HUBER * self.scale
        curvature = max(1 - float(linear.mean()), 0.5)  # half of the rows lie within a scale
        inflation = 1 + p / n * (1 - curvature) / curvature
        variance = float(((self.weights * self.residuals) ** 2).sum()) / max(n - p, 1) / curvature**2
        covariance: Floats = inflation**2 * variance * _inverse_normal(self.x, np.ones(n))
        return covariance

    def left_out(self) -> Floats:
        """``[n]``; the residual of each row from a fit without the row, by its leverage (Allen, 1974)."""
        leverage = self.weights * np.einsum("np,pq,nq->n", self.x, _inverse_normal(self.x, self.weights), self.x)
        residuals: Floats = self.residuals / np.maximum(1 - leverage, 1e-3)
        return residuals


def is_determined(x: Floats) -> bool:
    """Whether rows ``[n, p]`` determine p coefficients and leave residuals."""
    n, p = x.shape
    return n > p and bool(np.linalg.matrix_rank(x) == p)


def _inverse_normal(x: Floats, weights: Floats) -> Floats:
    """``[p, p]``; inverse of the weighted normal matrix. Columns are centred for the sake of conditioning."""
    mean = weights @ x[:, 1:] / weights.sum()
    centred = x[:, 1:] - mean
    slopes = np.linalg.inv((centred * weights[:, None]).T @ centred)
    inverse = np.empty((x.shape[1], x.shape[1]))
    inverse[1:, 1:] = slopes
    inverse[0, 1:] = inverse[1:, 0] = -mean @ slopes
    inverse[0, 0] = 1 / weights.sum() + mean @ slopes @ mean
    return inverse


def huber_regression(x: Floats, y: Floats) -> HuberFit:
    """Iteratively reweighted least squares with Huber's weights; the scale is the median absolute deviation.

    Parameters
    ----------
    x
        ``[n, p]``; the first column is all ones, the others are not constant.
    y
        ``[n]``.

    Examples
    --------
    >>> x = np.stack([np.ones(9), np.arange(9.0)], axis=1)
    >>> y = np.where(np.arange(9) == 4, 900.0, 1 + 2 * np.arange(9.0))
    >>> huber_regression(x, y).coefficients.round(3)
    array([1., 2.])
    """
    weights = np.ones(len(y))
    columns = x[:, 1:]
    floor = 1e-12 * float(np.abs(y).max())
    coefficients = np.zeros(x.shape[1])
    for _ in range(ITERATIONS):
        before = coefficients
        total = weights.sum()
        x_mean, y_mean = weights @ columns / total, weights @ y / total
        centred = columns - x_mean
        weighted = centred * weights[:, None]
        slopes = np.linalg.solve(weighted.T @ centred, weighted.T @ (y - y_mean))
        coefficients = np.concatenate([[y_mean - x_mean @ slopes], slopes])
        residuals = y - x @ coefficients
        scale = 1.4826 * np.median(np.abs(residuals))
        if scale <= floor:  # most rows are met exactly: what is left of the others is no noise
            return HuberFit(x, coefficients, residuals, np.ones(len(y)))
        weights = np.minimum(1.0, HUBER * scale / np.maximum(np.abs(residuals), floor))
        if np.abs(x @ (coefficients - before)).max() <= TOLERANCE * scale:
            break
    return HuberFit(x, coefficients, residuals, weights)


def huber_loss(residuals: Floats, scale: float) -> float:
    """Mean of Huber's loss: half the square up to `HUBER` scales, linear beyond."""
    size = np.abs(residuals) / scale
    return float(np.where(size <= HUBER, size**2 / 2, HUBER * size - HUBER**2 / 2).mean())


class Enforced(NamedTuple):
    """Coefficients, the constraints that hold them, and the constraints that the data contradict."""

    coefficients: Floats  # [p]
    active: Bools  # [q]
    refuted: Bools  # [q]


def enforce(coefficients: Floats, covariance: Floats, constraints: Floats, *, z_open: float) -> Enforced:
    """The nearest coefficients ``[p]`` with ``constraints @ coefficients >= 0``, unless the data contradict that.

    A constraint that is broken by more than ``z_open`` standard errors is contradicted by the data, and is dropped. The
    others are enforced. The covariance defines the distance, so that the answer is the constrained least squares fit.

    Parameters
    ----------
    coefficients, covariance
        ``[p]``, ``[p, p]``.
    constraints
        ``[q, p]``.

    Examples
    --------
    >>> enforce(np.array([1.0, -0.1]), np.eye(2), np.eye(2), z_open=2.0)
    Enforced(coefficients=array([1., 0.]), active=array([False,  True]), refuted=array([False, False]))
    >>> enforce(np.array([1.0, -3.0]), np.eye(2), np.eye(2), z_open=2.0).refuted
    array([False,  True])
    """
    errors = np.sqrt(np.maximum(np.einsum("qp,pr,qr->q", constraints, covariance, constraints), 0.0))
    refuted: Bools = constraints @ coefficients < -z_open * errors
    active = np.zeros(len(constraints), dtype=bool)
    answer = coefficients
    for _ in range(len(constraints)):
        slack = constraints @ answer
        broken = ~refuted & ~active & (slack < -1e-9 * np.maximum(errors, 1e-300))
        if not broken.any():
            break
        active |= broken
        a = constraints[active]
        answer = coefficients - covariance @ a.T @ np.linalg.lstsq(a @ covariance @ a.T, a @ coefficients)[0]
    return Enforced(answer, active, refuted)
