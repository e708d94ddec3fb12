"""Drift of a measurement campaign: effects of its nodes and their clocks, which do not belong to architectures.

Architectures were measured in random order, in four parallel jobs of 2,500. A node that is warm, shared or clocked
differently shifts all its measurements for a while: log(measured / expected) is a step function of the order of
measuring, plus noise. The height of a step depends on the width, because a clock does not change the time spent waiting
for memory. Each width therefore has its own drift.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hwbench_mo.measurements.layout import JOB
from hwbench_mo.typing import Floats, Ints

WINDOW = 21
"""Architectures of one width in a running median; 15 and 31 do as well, 61 is worse on most CPUs."""
WORTH = 0.98
"""There is drift if subtracting the neighbours' median leaves less than this share of the mean deviation."""
BLOCK = 250
"""Architectures a block of the bootstrap; the states of a node last for tens to some hundreds."""


def estimate_drift(campaign_index: Ints, embed_dim_index: Ints, log_ratio: Floats) -> Floats:
    """``[n]``; the campaign's part in ``log_ratio``: a running median within each job and width, 0 on average.

    A running median follows the steps of nodes and ignores outliers (Tukey, 1977). The drift of a width is 0 where the
    neighbours of an architecture do not predict its ratio, as with modes that change from one measurement to the next.

    Parameters
    ----------
    campaign_index
        ``[n]``; the order of measuring.
    embed_dim_index
        ``[n]``; the width of each architecture, by index.
    log_ratio
        ``[n]``; log(median measurement / value of the table), finite.

    Examples
    --------
    >>> index = np.arange(200)
    >>> step = np.where(index < 100, -0.5, 0.5)
    >>> bool((estimate_drift(index, np.zeros(200, dtype=np.int64), step) == step).all())
    True
    """
    drift = np.zeros(len(log_ratio))
    for width in np.unique(embed_dim_index):
        own = np.flatnonzero(embed_dim_index == width)
        own = own[np.argsort(campaign_index[own], kind="stable")]
        job = campaign_index[own] // JOB
        smooth, left_out = np.empty(len(own)), np.empty(len(own))
        for rows in np.split(np.arange(len(own)), np.flatnonzero(np.diff(job)) + 1):
            smooth[rows], left_out[rows] = _running_median(log_ratio[own][rows])
        spread = np.abs(log_ratio[own] - np.median(log_ratio[own])).mean()
        if np.abs(log_ratio[own] - left_out).mean() < WORTH * spread:
            drift[own] = smooth - smooth.mean()
    return drift


def _running_median(values: Floats) -> tuple[Floats, Floats]:
    """``[n]`` each; medians of the values around each place, with the place's own value and without."""
    half = min(WINDOW, len(values)) // 2
    windows = sliding_window_view(np.pad(values, half, mode="edge"), 2 * half + 1)
    others = np.delete(windows, half, axis=1) if half else windows
    return np.median(windows, axis=1), np.median(others, axis=1)


def neutral_level_error(campaign_index: Ints, log_ratio: Floats, *, n_resamples: int = 200) -> float:
    """Standard error of the neutral level, the median of ``log_ratio`` ``[n]``, given that nodes change their state.

    A block bootstrap (Künsch, 1989): the states of a node last, and blocks are `BLOCK` consecutive architectures.
    """
    rng = np.random.default_rng(0)
    blocks = np.unique(campaign_index // BLOCK, return_inverse=True)[1]
    n_blocks = int(blocks.max()) + 1
    drawn = rng.integers(n_blocks, size=(n_resamples, n_blocks))
    times = np.stack([np.bincount(row, minlength=n_blocks) for row in drawn])
    order = np.argsort(log_ratio)
    cumulated = np.cumsum(times[:, blocks[order]], axis=1)
    middle = (cumulated < cumulated[:, -1:] / 2).sum(axis=1)
    return float(np.std(log_ratio[order][middle]))
