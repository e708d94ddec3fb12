"""Bootstrap intervals of a median."""

import numpy as np

from hwbench_mo.assessment.pairs import ALPHA
from hwbench_mo.assessment.scipy_stats import scipy_stats
from hwbench_mo.typing import Floats

DRAWS = 9999
"""Resamples, so that the ends of the interval vary by a few per cent of its width from one set of them to another."""
MOST_NUMBERS = 1 << 22
"""Of the resamples that are in memory at a time; of more than 3,355 seeds there are fewer resamples."""


def median_interval(values: Floats, /, *, alpha: float = ALPHA, seed: int = 0) -> tuple[float, float]:
    """The percentile bootstrap interval of the median of ``values`` ``[n]`` (Efron, 1979); NaN if n is 1.

    Percentile, not BCa: the jackknife, on which BCa's acceleration rests, is inconsistent for a median. Of five
    seeds it is the range of their values, which holds the median in 94 of 100 cases.

    >>> median_interval(np.arange(1.0, 22.0))
    (7.0, 15.0)
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    draws = max(min(DRAWS, 8 * MOST_NUMBERS // len(values)), 999)
    interval = (
        scipy_stats()
        .bootstrap(
            (values,),
            np.median,
            axis=-1,
            n_resamples=draws,
            batch=max(MOST_NUMBERS // len(values), 1),
            confidence_level=1 - alpha,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
        .confidence_interval
    )
    return float(interval.low), float(interval.high)
