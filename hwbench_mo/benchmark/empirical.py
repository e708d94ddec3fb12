"""What repeated measurements say by themselves: their median, its standard error, and a draw from among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from hwbench_mo.typing import Codes, Floats, Ints, read_only


def merged(codes: Codes, readings: Mapping[str, Floats]) -> tuple[Codes, dict[str, Floats]]:
    """Distinct architectures, each with the repeats of all of its rows; in the order of their first rows.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    readings
        For each target ``[n, r]``.

    Examples
    --------
    >>> codes, readings = merged(np.array([[0], [1], [0]]), {"latency@mine": np.array([[1.0], [5.0], [3.0]])})
    >>> codes.ravel(), readings["latency@mine"]
    (array([0, 1]), array([[ 1.,  3.],
           [ 5., nan]]))
    """
    _, first, row = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    if len(first) == len(codes):
        return codes, dict(readings)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    row = place[row.ravel()]
    by_row = np.argsort(row, kind="stable")
    nth = np.empty(len(row), dtype=np.int64)  # which of its architecture's rows each is
    nth[by_row] = np.arange(len(row)) - np.searchsorted(row[by_row], row[by_row])
    found = {}
    for target, values in readings.items():
        spread = np.full((len(first), nth.max() + 1, values.shape[1]), np.nan)
        spread[row, nth] = values
        found[target] = spread.reshape(len(first), -1)
    return codes[first[order]], found


@dataclass(frozen=True, eq=False)
class Empirical:
    """The distribution of one new measurement of a row: one of those that were taken, each as likely.

    Parameters
    ----------
    readings
        ``[n_rows, r]``; measurements, ascending along r; NaN, at the end, where fewer than r were taken.
    """

    readings: Floats

    @cached_property
    def _counts(self) -> Ints:
        counts: Ints = np.isfinite(self.readings).sum(axis=1)
        return counts

    def quantile(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n, k]``; quantiles at ``levels`` ``[k]`` for n rows, linear between neighbours in order."""
        place = levels * (self._counts[groups, None] - 1)
        below = np.floor(place).astype(np.int64)
        above = np.ceil(place).astype(np.int64)
        low, high = self.readings[groups[:, None], below], self.readings[groups[:, None], above]
        quantiles: Floats = low + (place - below) * (high - low)
        return quantiles

    def at(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n]``; one measurement each: row i's at ``levels[i]``, never between two that were taken."""
        counts = self._counts[groups]
        drawn: Floats = self.readings[groups, np.minimum((levels * counts).astype(np.int64), counts - 1)]
        return drawn

    def mean(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; mean of the measurements."""
        mean: Floats = np.nanmean(self.readings[groups], axis=1)
        return mean

    def std(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; standard deviation of the measurements."""
        std: Floats = np.nanstd(self.readings[groups], axis=1)
        return std


@dataclass(frozen=True, eq=False)
class Column:
    """What was measured of one target, in the order of the rows.

    Examples
    --------
    >>> column = Column.of(np.array([[3.0, 1.0, 2.0, 4.0], [5.0, np.nan, np.nan, np.nan]]))
    >>> column.median, column.standard_error.round(2)
    (array([2.5, 5. ]), array([0.98,  nan]))
    """

    median: Floats
    """``[n_rows]``; NaN where nothing was measured."""
    standard_error: Floats
    """``[n_rows]``; of the median, by order statistics; NaN where fewer than two measurements were taken."""
    noise: Empirical | None
    """None: exact."""

    @staticmethod
    def of(readings: Floats) -> "Column":
        """From repeated measurements ``[n_rows, r]``, NaN where one is missing."""
        ascending = np.sort(readings, axis=1)  # NaN goes to the end
        counts = np.isfinite(ascending).sum(axis=1)
        rows = np.arange(len(ascending))
        median = (ascending[rows, np.maximum(counts - 1, 0) // 2] + ascending[rows, counts // 2]) / 2
        error = np.full(len(ascending), np.nan)
        for count in np.unique(counts[counts > 1]).tolist():
            low, high, z = _middle(count)
            of_count = counts == count
            error[of_count] = (ascending[of_count, high] - ascending[of_count, low]) / (2 * z)
        return Column(median, error, Empirical(read_only(ascending)))


def _middle(count: int) -> tuple[int, int, float]:
    """Two order statistics with the median between them, and how many standard errors lie from it to either.

    That the median of the distribution lies between the two has a probability that depends on nothing else (David &
    Nagaraja, 2003); they are taken such that it is nearest to two thirds. Outliers do not matter to them.
    """

    from statistics import NormalDist

    def covered(low: int) -> float:
        return float(sum(comb(count, below) for below in range(low + 1, count - low)) / 2.0**count)

    low = min(range(count // 2), key=lambda low: abs(covered(low) - 2 / 3))
    return low, count - 1 - low, NormalDist().inv_cdf((1 + covered(low)) / 2)
