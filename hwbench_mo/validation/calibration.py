"""Sampling error of calibration: how far coverage strays from its level by chance alone.

Coverage is a mean over architectures, and these are drawn anew, with replacement (Efron, 1979): the repeats of one stay
together. Measurements that follow one another share the campaign's drift, which this does not see: the true
sampling error is somewhat greater.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.typing import Floats, read_only
from hwbench_mo.validation.scores import CENTRAL, LEVELS, MISSING, Outcome

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 1000
CONFIDENCE = 0.95


def sampling_error(outcome: Outcome) -> dict[str, float]:
    """Intervals of the calibration scores of `summarise`, and what an exactly calibrated method would score.

    ``calibration_low``, ``calibration_high``
        95 % of draws of the architectures give a calibration error between these, after the bootstrap's bias is taken
        off: a mean of absolute values grows with noise, and a drawn sample has twice the variance of the first.
    ``calibration_chance``, ``calibration_limit``
        Mean and 95 % quantile of the calibration error of an exactly calibrated method whose coverage has the same
        sampling error: mean |drawn coverage − coverage|.
    ``coverage_50_low`` and so on
        Percentile intervals of the coverage of `CENTRAL` intervals.

    Examples
    --------
    >>> from hwbench_mo.validation.scores import score
    >>> quantiles, measured = np.tile(LEVELS, (1000, 1)), np.random.default_rng(0).random((1000, 1))
    >>> found = sampling_error(score(np.arange(1000), quantiles, measured))
    >>> round(found["calibration_chance"], 2)  # 0.313 / sqrt(n), for one measurement each of n architectures
    0.01
    """
    columns = np.concatenate([shares_below(outcome.ranks), outcome.inside], axis=1)
    n = len(columns)
    mean = columns.mean(axis=0)
    drawn = (_times_drawn(n) @ columns.astype(np.float32)).astype(np.float64) / n
    coverage = drawn[:, : len(LEVELS)]
    error = np.abs(coverage - LEVELS).mean(axis=1)
    bias = error.mean() - np.abs(mean[: len(LEVELS)] - LEVELS).mean()
    by_chance = np.abs(coverage - mean[: len(LEVELS)]).mean(axis=1)
    low, high = np.quantile(error, _ENDS) - bias
    found = {
        "calibration_low": max(0.0, float(low)),
        "calibration_high": float(high),
        "calibration_chance": float(by_chance.mean()),
        "calibration_limit": float(np.quantile(by_chance, CONFIDENCE)),
    }
    for column, name in enumerate(CENTRAL, start=len(LEVELS)):
        low, high = np.quantile(drawn[:, column], _ENDS)
        found |= {f"coverage_{name}_low": float(low), f"coverage_{name}_high": float(high)}
    return found


def calibration_is_off(scores: "Mapping[Any, Any] | pd.Series") -> bool:
    """Whether the calibration error is more than an exactly calibrated method has in 95 % of samples."""
    return bool(scores["calibration"] > scores["calibration_limit"])


def coverage_is_off(scores: "Mapping[Any, Any] | pd.Series", central: int) -> bool:
    """Whether the level of a central interval, in percent, is outside the 95 % interval of its coverage."""
    low, high = (scores[f"coverage_{central}_{end}"] for end in ("low", "high"))
    return bool(not low <= central / 100 <= high)


def shares_below(ranks: NDArray[np.uint8]) -> Floats:
    """``[n, 99]``; the share of an architecture's repeats that are at most each predicted quantile."""
    n, known = len(ranks), ranks != MISSING
    rows = np.nonzero(known)[0]
    weights = 1 / known.sum(axis=1)
    size = len(LEVELS) + 1
    shares = np.bincount(rows * size + ranks[known], weights=weights[rows], minlength=n * size)
    return np.cumsum(shares.reshape(n, size)[:, :-1], axis=1)


_ENDS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


@lru_cache(maxsize=4)
def _times_drawn(n: int) -> NDArray[np.float32]:
    """``[DRAWS, n]``; how often each of n architectures is in each draw: the same for all targets and methods."""
    rng = np.random.default_rng(0)
    times = np.empty((DRAWS, n), dtype=np.float32)
    for draw in times:
        draw[:] = np.bincount(rng.integers(n, size=n), minlength=n)
    return read_only(times)
