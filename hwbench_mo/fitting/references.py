"""Drift of a device while few architectures were measured, told by architectures that came back again and again.

Three things move a measurement beside the architecture: slow drift of the whole device (temperature, clocks), which the
repeated *reference* architectures show; episodes in which all measurements are slower for a while (throttling, another
process), which residuals of all rows show as a step; and single rows that are wrong. The tables to which residuals are
taken are fitted so that a third of wrong rows does not matter.

Of thousands of rows, their own residuals tell the drift: see `hwbench_mo.fitting.campaign`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hwbench_mo.fitting.episodes import FAR, LEAST_STEP, Episode, episodes_in, running_median, scale_of, steps_of
from hwbench_mo.fitting.trimmed import least_trimmed_squares
from hwbench_mo.fitting.width import counts_of, designs, signed_bias
from hwbench_mo.measurements.layout import JOB
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.typing import Bools, Codes, Floats, Ints

LEAST_REPEATS = 4
"""Rows of an architecture that make it a reference: the median of fewer is moved by the drift itself."""
ROUNDS = 4
"""How often tables, episodes and slow drift are estimated in turn."""
NEAR = 9
"""Rows in the running median of residuals."""
WORTH = 0.98
"""Slow drift is taken out if that leaves less than this share of the deviation of rows that did not tell it."""
BY_BIAS = 0.25
"""Penalty on effects of bias on a layer's cost: they may move a sum by four times the noise, as 2 % against 0.5 %."""


@dataclass(frozen=True, eq=False)
class Drift:
    """What moved n measurements beside their architectures."""

    log_ratio: Floats
    """``[n]``; slow drift and episodes, by which measurements are corrected."""
    episodes: tuple[Episode, ...]
    outliers: Bools
    """``[n]``; rows that contradict all others, and are left out of the fit."""
    at_edge: Bools
    """``[n]``; rows that were not used, beside the edge of an episode: whether they lie in it nobody knows."""
    n_references: int
    """Rows of architectures that came back."""
    level_error: float
    """Relative standard error of the level at which all tables stand, as references tell it."""


def estimate_drift(space: SearchSpace, codes: Codes, centre: Floats, index: Ints, used: Bools) -> Drift:
    """The drift of one target.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical; repeated architectures are references.
    centre
        ``[n]``; the median measurement of each row, positive.
    index
        ``[n]``; campaign_index. Jobs of `JOB` measured at the same time, each with a drift of its own.
    used
        ``[n]``; rows from which drift is estimated. That of the others is read off it.
    """
    rows = np.flatnonzero(used)[np.argsort(index[used], kind="stable")]
    place, log_centre = index[rows], np.log(centre[rows])
    references = _references(codes[rows], log_centre)
    found = _estimate(space, codes[rows], log_centre, place, np.full(len(rows), np.nan))
    if np.isfinite(references).any():
        told = _estimate(space, codes[rows], log_centre, place, references)
        others = np.isnan(references)
        found = told if scale_of(told.left[others]) < WORTH * scale_of(found.left[others]) else found
    outliers = np.zeros(len(codes), dtype=bool)
    outliers[rows] = np.abs(found.left) > np.maximum(LEAST_STEP, FAR * found.deviation)
    return Drift(
        _between(place, found.slow, index) + steps_of(index, found.episodes),
        found.episodes,
        outliers,
        ~used & _between_steps(place, found.episodes, index),
        int(np.isfinite(references).sum()),
        _SlowDrift.of(place, references - steps_of(place, found.episodes)).level_error,
    )


class _Estimate(NamedTuple):
    slow: Floats
    """``[n]``; log-ratio of slow drift."""
    episodes: tuple[Episode, ...]
    left: Floats
    """``[n]``; log-ratio of what was measured to what tables and drift explain."""
    deviation: Floats
    """``[n]``; standard deviation that it has for a new measurement."""


def _estimate(space: SearchSpace, codes: Codes, log_centre: Floats, place: Ints, references: Floats) -> _Estimate:
    """Of rows in the order of measuring; ``references`` as of `_references`, all NaN if they are not to be used."""
    by_references = _SlowDrift.of(place, references).at(place)
    near = step = np.zeros(len(place))
    episodes: tuple[Episode, ...] = ()
    moved = deviation = log_centre
    for _ in range(ROUNDS):
        usual = np.exp(log_centre - by_references - near - step)
        expected, deviation = _log_expected(space, codes, usual)
        moved = log_centre - expected
        episodes = episodes_in(place, moved - by_references - near)
        step = steps_of(place, episodes)
        by_references = _SlowDrift.of(place, references - step).at(place)
        near = _by_neighbours(place, moved - by_references - step)
    return _Estimate(by_references + near, episodes, moved - by_references - near - step, deviation)


def _references(codes: Codes, log_centre: Floats) -> Floats:
    """``[n]``; log-ratio of each row of a repeated architecture to the median of its rows, NaN for all others."""
    _, architecture, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    found = np.full(len(codes), np.nan)
    for repeated in np.flatnonzero(counts >= LEAST_REPEATS):
        own = architecture.ravel() == repeated
        found[own] = log_centre[own] - np.median(log_centre[own])
    return found


@dataclass(frozen=True, eq=False)
class _SlowDrift:
    """Slow drift: for each job, a broken line through a running median of three references."""

    knots: dict[int, tuple[Ints, Floats]]
    level_error: float

    @staticmethod
    def of(place: Ints, references: Floats) -> "_SlowDrift":
        """From log-ratios of references, NaN elsewhere; those that stand out by far are passed over."""
        known = np.isfinite(references)
        job, knots, noise = place[known] // JOB, {}, []
        values, places = references[known], place[known]
        if not len(values):
            return _SlowDrift({}, 0.0)
        for one in np.unique(job).tolist():
            own = np.flatnonzero(job == one)
            near = values[own] - np.median(values[own])
            own = own[np.abs(near) <= max(LEAST_STEP, FAR * scale_of(near))]
            spikes = values[own] - running_median(values[own], 5)
            own = own[np.abs(spikes) <= max(LEAST_STEP / 2, FAR * scale_of(spikes))]
            knots[one] = places[own], running_median(values[own], 3)
            noise += (np.diff(values[own], 2) / np.sqrt(6)).tolist()  # of white noise; slow drift bends little
        heights = np.concatenate([heights for _, heights in knots.values()])
        level = np.median(heights)
        # Another campaign would meet other states, and its median would be another one.
        error = np.hypot(scale_of(np.array(noise)), np.sqrt(np.pi / 2) * scale_of(heights - level))
        error /= np.sqrt(len(heights))
        return _SlowDrift({one: (at, heights - level) for one, (at, heights) in knots.items()}, float(error))

    def at(self, place: Ints) -> Floats:
        """``[n]``; of any campaign_index; beyond the references of its job as at the nearest of them."""
        drift = np.zeros(len(place))
        for one, (knots, heights) in self.knots.items():
            own = place // JOB == one
            drift[own] = np.interp(place[own], knots, heights)
        return drift


def _by_neighbours(place: Ints, residuals: Floats) -> Floats:
    """``[n]``; what references are too far apart to show: a running median of all rows, if neighbours predict a row."""
    drift, left_out = np.zeros(len(place)), np.zeros(len(place))
    for job in np.unique(place // JOB):
        own = np.flatnonzero(place // JOB == job)
        padded = np.pad(residuals[own], NEAR // 2, mode="reflect" if len(own) > NEAR else "edge")
        windows = sliding_window_view(padded, NEAR)
        drift[own] = np.median(windows, axis=1)
        left_out[own] = np.median(np.delete(windows, NEAR // 2, axis=1), axis=1)
    level = np.median(residuals)
    worth = scale_of(residuals - left_out) < WORTH * scale_of(residuals - level)
    # What is larger is an episode, which is found with sharper edges.
    clipped: Floats = np.clip(drift - level, -LEAST_STEP, LEAST_STEP)
    return clipped if worth else np.zeros(len(place))


def _between(place: Ints, drift: Floats, index: Ints) -> Floats:
    """``[m]``; drift ``[n]`` at other values of campaign_index: between its neighbours' of the same job."""
    found = np.zeros(len(index))
    for job in np.unique(place // JOB):
        own, asked = place // JOB == job, index // JOB == job
        found[asked] = np.interp(index[asked], place[own], drift[own])
    return found


def _between_steps(place: Ints, episodes: tuple[Episode, ...], index: Ints) -> Bools:
    """``[m]``; whether the nearest rows before and after a campaign_index stand on different steps."""
    steps = steps_of(place, episodes)
    after = np.searchsorted(place, index).clip(max=len(place) - 1)
    before = (np.searchsorted(place, index, side="right") - 1).clip(min=0)
    return np.asarray(steps[before] != steps[after])


def _log_expected(space: SearchSpace, codes: Codes, centre: Floats) -> tuple[Floats, Floats]:
    """``[n]`` each; logarithms of what is expected, and relative standard deviations of a new measurement around it;
    by tables in which a third of wrong rows does not matter. A reference counts as one row."""
    counts, signed, width = counts_of(space, codes), signed_bias(space, codes), codes[:, EMBED_DIM]
    expected, deviation = np.empty(len(codes)), np.empty(len(codes))
    for i in np.unique(width):
        own = np.flatnonzero(width == i)
        shared, x = designs(counts[own], signed[own])
        _, first, architecture = np.unique(codes[own], axis=0, return_index=True, return_inverse=True)
        y = np.array([np.median(centre[own][architecture.ravel() == one]) for one in range(len(first))])
        typical = np.abs(x[:, shared.shape[1] :]).mean(axis=0) / y.mean()  # relative, of a coefficient of bias by count
        prior = np.eye(x.shape[1])[shared.shape[1] :] * np.append(np.zeros(shared.shape[1]), BY_BIAS * typical)
        fitted = least_trimmed_squares(x[first], y, bound=LEAST_STEP, prior=prior)
        expected[own] = x @ fitted.coefficients
        deviation[own] = fitted.deviation[architecture.ravel()]
    return np.log(np.maximum(expected, 1e-3 * centre.min())), deviation
