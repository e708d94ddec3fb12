"""Fits latency, energy and memory: within one (embed_dim, bias), linear in how many layers take each choice."""

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.space import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Codes, Floats

HUBER = 1.345
"""Residuals beyond this many standard deviations count linearly (95 % efficiency for Gaussian errors; Huber, 1964)."""
ITERATIONS = 40


def fit_hardware(space: SearchSpace, codes: Codes, centre: Floats) -> AdditiveModel:
    """Position-free tables of one target, robust against outliers and drifting nodes.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    centre
        ``[n]``; the measured centre of each architecture.
    """
    e, b = len(space.embed_dim), len(space.bias)
    base = np.zeros((e, b, len(space.n_layer)))
    mlp = np.zeros((e, b, 1, len(space.mlp_ratio)))
    head = np.zeros((e, b, 1, len(space.n_head)))
    counts = space.counts_as_floats(codes)
    n_ratios = len(space.mlp_ratio)
    # Both kinds of counts add up to n_layer: of the heads the first choice's column is left out, so that the mlp
    # entries carry "one more layer" and the head entries what further heads add.
    design = np.delete(counts, n_ratios, axis=1)
    for i in range(e):
        for j in range(b):
            rows = (codes[:, EMBED_DIM] == i) & (codes[:, BIAS] == j)
            intercept, slopes = huber_regression(design[rows], centre[rows])
            base[i, j] = intercept
            mlp[i, j, 0] = slopes[:n_ratios]
            head[i, j, 0, 1:] = slopes[n_ratios:]
    return AdditiveModel(base=base, mlp=mlp, head=head)


def huber_regression(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Intercept and slopes ``[p]`` of a robust linear fit of ``y`` ``[n]`` on ``x`` ``[n, p]``.

    Iteratively reweighted least squares with Huber's weights; the scale is the median absolute deviation. Columns are
    centred, which keeps the normal equations well conditioned.
    """
    weights = np.ones(len(y))
    intercept, slopes = 0.0, np.zeros(x.shape[1])
    for _ in range(ITERATIONS):
        total = weights.sum()
        x_mean, y_mean = weights @ x / total, weights @ y / total
        centred = x - x_mean
        weighted = centred * weights[:, None]
        slopes = np.linalg.solve(weighted.T @ centred, weighted.T @ (y - y_mean))
        intercept = float(y_mean - x_mean @ slopes)
        residual = np.abs(y - intercept - x @ slopes)
        scale = 1.4826 * np.median(residual)
        weights = np.minimum(1.0, HUBER * scale / np.maximum(residual, 1e-12 * np.abs(y).max()))
    return intercept, slopes
