"""The measurement campaign as a nuisance: what its nodes and their clocks added, apart from the architectures.

Architectures came in random order, four jobs of 2,500 side by side. A node that is warm, shared or clocked otherwise
moves everything that it measures for a while: the logarithm of measured / expected is a step function of the order of
measuring, plus noise. How far a step moves depends on the width (a clock does not move what waits for memory), hence
one curve a width.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hwbench_mo.typing import Floats, Ints

JOB = 2500
"""Architectures a job; job j measured campaign_index 2500 j to 2500 j + 2499."""
WINDOW = 21
"""Architectures of one width whose median is the drift; 15 and 31 do alike, 61 worse on most CPUs."""
WORTH = 0.98
"""What is left of a ratio's mean deviation once its neighbours' median is taken off: drift is what leaves less."""
BLOCK = 250
"""Architectures a block of the bootstrap; node states last for tens to some hundreds."""


def estimate_drift(campaign_index: Ints, embed_dim_index: Ints, log_ratio: Floats) -> Floats:
    """``[n]``; the campaign's part in ``log_ratio``: a running median within each job and width, 0 on average.

    A median follows steps, which are what nodes do, and ignores outliers (Tukey, 1977). Where the neighbours of an
    architecture do not tell its own ratio, as with modes that come and go from one measurement to the next, there is no
    drift, and the answer is 0 for that width.

    Parameters
    ----------
    campaign_index
        ``[n]``; the order of measuring.
    embed_dim_index
        ``[n]``; which width each architecture has.
    log_ratio
        ``[n]``; log(measured centre / what the table says), finite.

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
    """``[n]`` each; medians of the values around each place, with its own and without."""
    half = min(WINDOW, len(values)) // 2
    windows = sliding_window_view(np.pad(values, half, mode="edge"), 2 * half + 1)
    others = np.delete(windows, half, axis=1) if half else windows
    return np.median(windows, axis=1), np.median(others, axis=1)


def neutral_level_error(campaign_index: Ints, log_ratio: Floats, *, n_resamples: int = 200) -> float:
    """Standard error of the neutral level, the median of ``log_ratio`` ``[n]``, as the campaign's states are a sample.

    A bootstrap over blocks of the campaign (Künsch, 1989) of `BLOCK` consecutive architectures, within which
    states hold on.
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
