"""A robust regression that shrinks some coefficients: what a few rows cannot tell, a prior says."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.fitting.regression import HUBER, ITERATIONS, TOLERANCE
from hwbench_mo.typing import Floats

LEAST_CURVATURE = 0.5
"""Half of the residuals lie within a scale: less is chance."""


@dataclass(frozen=True, eq=False)
class ShrunkFit:
    """A fit of ``y`` ``[n]`` on ``x`` ``[n, p]``."""

    x: Floats
    coefficients: Floats
    """``[p]``."""
    covariance: Floats
    """``[p, p]``; of the coefficients given the data and the prior, for equal noise in all rows."""
    scale: float
    """Standard deviation of the bulk of the noise."""


def shrunk_regression(x: Floats, y: Floats, spread: Floats) -> ShrunkFit:
    """Iteratively reweighted ridge regression with Huber's weights (1964); noise and shrinkage are told together.

    Parameters
    ----------
    x
        ``[n, p]``.
    y
        ``[n]``.
    spread
        ``[p]``; standard deviation of each coefficient around 0 before there are data; infinite where nothing is known.

    Examples
    --------
    >>> x = np.stack([np.ones(9), np.arange(9.0)], axis=1)
    >>> y = np.where(np.arange(9) == 4, 900.0, 1 + 2 * np.arange(9.0))
    >>> shrunk_regression(x, y, np.array([np.inf, 5.0])).coefficients.round(3)
    array([1., 2.])
    """
    n, p = x.shape
    floor = 1e-12 * float(np.abs(y).max())
    weights, scale, coefficients = np.ones(n), 0.0, np.zeros(p)
    for _ in range(ITERATIONS):
        before = coefficients
        inverse = _inverse(x, weights, scale / spread)
        coefficients = inverse @ x.T @ (weights * y)
        residuals = y - x @ coefficients
        told = float(np.einsum("np,pq,nq->", x * weights[:, None], inverse, x))  # coefficients that the data tell
        scale = 1.4826 * float(np.median(np.abs(residuals))) * np.sqrt(n / max(n - told, 1))
        if scale <= floor:  # most rows are met exactly
            break
        weights = np.minimum(1.0, HUBER * scale / np.maximum(np.abs(residuals), floor))
        if np.abs(x @ (coefficients - before)).max() <= TOLERANCE * scale:
            break
    inverse = _inverse(x, np.ones(n), scale / spread)
    told = float(np.einsum("np,pq,nq->", x, inverse, x))
    curvature = max(float((np.abs(residuals) <= HUBER * scale).mean()), LEAST_CURVATURE)
    inflation = 1 + told / n * (1 - curvature) / curvature
    variance = float(((weights * residuals) ** 2).sum()) / max(n - told, 1) / curvature**2
    return ShrunkFit(x, coefficients, inflation**2 * variance * inverse, scale)


def _inverse(x: Floats, weights: Floats, penalty: Floats) -> Floats:
    """``[p, p]``; inverse of the weighted normal matrix with squared penalties; by columns of one size."""
    size = np.sqrt((x**2).mean(axis=0))
    size[size == 0] = 1.0
    design = np.concatenate([x * np.sqrt(weights)[:, None], np.diag(penalty)]) / size
    root = np.linalg.pinv(design, rcond=1e-10) / size[:, None]
    inverse: Floats = root @ root.T
    return inverse
