"""Episodes of a campaign: consecutive measurements in which everything took longer for a while, or less."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hwbench_mo.measurements.layout import JOB
from hwbench_mo.typing import Bools, Floats, Ints

FAR = 5.0
"""Standard deviations from which a reference is off, an episode is one, and a row is wrong …"""
LEAST_STEP = 0.025
"""… if it is also off by this share at least: what is smaller, the model may be off by."""
WINDOW = 5
"""Rows in the running median that shows an episode."""
LEAST_ROWS = 3
"""Rows that an episode has: fewer are outliers."""


class Episode(NamedTuple):
    """Consecutive rows in which everything took longer, or less."""

    first: int
    last: int
    """Their first and last campaign_index."""
    log_ratio: float
    """Of what was measured to what is usual."""

    @property
    def facts(self) -> dict[str, Any]:
        """For a manifest."""
        return {"first": self.first, "last": self.last, "percent": round(100 * float(np.expm1(self.log_ratio)), 1)}


def episodes_in(place: Ints, residuals: Floats) -> tuple[Episode, ...]:
    """Runs of rows, in the order of measuring, whose running median stands out, with their edges where they step."""
    bound = max(LEAST_STEP, FAR * scale_of(residuals))
    found = []
    for job in np.unique(place // JOB):
        own = np.flatnonzero(place // JOB == job)
        values = residuals[own]
        smooth = running_median(values, WINDOW)
        for sign in (1, -1):
            for start, end in _runs(sign * smooth > bound):
                height = float(np.median(values[start : end + 1]))
                inside = np.abs(values - height) < np.abs(values)
                while start > 0 and inside[start - 1]:
                    start -= 1
                while end < len(values) - 1 and inside[end + 1]:
                    end += 1
                while start < end and not inside[start]:
                    start += 1
                while end > start and not inside[end]:
                    end -= 1
                if end - start + 1 < LEAST_ROWS:  # the ends of the campaign count several times in the median
                    continue
                height = float(np.median(values[start : end + 1]))
                found.append(Episode(int(place[own[start]]), int(place[own[end]]), height))
    return tuple(sorted(set(found)))


def steps_of(place: Ints, episodes: Iterable[Episode]) -> Floats:
    """``[n]``; the height of the episode that each campaign_index lies in, 0 outside."""
    steps = np.zeros(len(place))
    for episode in episodes:
        steps[(place >= episode.first) & (place <= episode.last)] = episode.log_ratio
    return steps


def running_median(values: Floats, window: int) -> Floats:
    """``[n]``; medians of the values around each place; the ends are repeated."""
    if not len(values):
        return values
    padded = np.pad(values, window // 2, mode="edge")
    medians: Floats = np.median(sliding_window_view(padded, window), axis=1)
    return medians


def _runs(mask: Bools) -> list[tuple[int, int]]:
    """First and last place of each run in which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(end) - 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def scale_of(residuals: Floats) -> float:
    """Standard deviation of the bulk of residuals around 0."""
    return float(1.4826 * np.median(np.abs(residuals))) if len(residuals) else 0.0
