"""Scores of predicted distributions against measurements that they were not fitted to.

A predictive distribution is given by its quantiles at `LEVELS`, whatever method it comes from. The pinball loss of a
quantile is proper (Gneiting & Raftery, 2007), and the mean of twice the pinball loss over the levels is the continuous
ranked probability score (CRPS) on that grid. Coverage of all levels is the distribution function of the probability
integral transform (Dawid, 1984): the diagonal, for a calibrated forecaster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.typing import Bools, Floats, Ints, read_only

LEVELS: Floats = read_only(np.arange(1, 100) / 100)
"""The 99 levels of every score."""
MEDIAN = 49
"""Where the median is among `LEVELS`."""
CENTRAL = {50: (24, 74), 90: (4, 94)}
"""The bounds of central intervals among `LEVELS`."""
SHOWN_PINBALL = {5: 4, 50: 49, 95: 94}
MISSING = 255
"""In place of the rank of a repeat that was not measured."""
NORMAL: Floats = read_only(np.array([NormalDist().inv_cdf(level) for level in LEVELS]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """How a method predicted n architectures that it had not seen, in the unit of one target."""

    rows: Ints
    """``[n]``; where the architectures are among the measurements."""
    median: Floats
    """``[n]``; predicted."""
    crps: Floats
    """``[n]``; mean over an architecture's repeats."""
    pinball: Floats
    """``[n, 3]``; at the levels of `SHOWN_PINBALL`, mean over repeats."""
    coverage: Floats
    """``[99]``; share of measurements that are at most the quantile, mean over architectures."""
    ranks: NDArray[np.uint8]
    """``[n, r]``; how many of the 99 quantiles are less than each repeat, or `MISSING`."""
    inside: Floats
    """``[n, 2]``; share of repeats within the intervals of `CENTRAL`."""
    width: Floats
    """``[n, 2]``; of these intervals."""
    negative: Floats
    """``[n]``; 1 where the 1 % quantile is below 0."""
    standard_error: Floats
    """``[n]``; of the predicted centre, NaN where the method does not say."""

    @staticmethod
    def join(parts: Sequence["Outcome"]) -> "Outcome":
        """Outcomes of disjoint sets of architectures, in the order of the measurements."""
        order = np.argsort(np.concatenate([part.rows for part in parts]))
        joined = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])[order]
            for field in fields(Outcome)
            if field.name != "coverage"
        }
        coverage = np.average([part.coverage for part in parts], axis=0, weights=[len(part.rows) for part in parts])
        return Outcome(coverage=coverage, **joined)


def score(rows: Ints, quantiles: Floats, repeats: Floats, standard_error: Floats | None = None) -> Outcome:
    """Score predicted quantiles ``[n, 99]`` against repeated measurements ``[n, r]``, NaN where one is missing.

    ``rows`` ``[n]`` says which architectures they are; each needs one measurement at least.

    Examples
    --------
    >>> certain = score(np.array([0]), np.full((1, 99), 2.0), np.array([[5.0, 3.0]]))
    >>> certain.crps.round(12)  # of a point forecast, the absolute error
    array([2.])
    """
    known = np.isfinite(repeats)
    weights = known / known.sum(axis=1, keepdims=True)
    values = np.where(known, repeats, 0.0)
    loss, below = np.empty(quantiles.shape), np.empty(quantiles.shape)
    ranks = np.zeros(repeats.shape, dtype=np.uint8)
    for k, level in enumerate(LEVELS):
        error = values - quantiles[:, k, None]
        is_below = error <= 0
        ranks += ~is_below
        loss[:, k] = np.einsum("nr,nr->n", weights, error * (level - is_below))
        below[:, k] = np.einsum("nr,nr->n", weights, is_below)
    inside, width = [], []
    for low, high in CENTRAL.values():
        within = (values >= quantiles[:, low, None]) & (values <= quantiles[:, high, None])
        inside.append(np.einsum("nr,nr->n", weights, within))
        width.append(quantiles[:, high] - quantiles[:, low])
    return Outcome(
        rows=rows,
        median=quantiles[:, MEDIAN],
        crps=2 * loss.mean(axis=1),
        pinball=loss[:, list(SHOWN_PINBALL.values())],
        coverage=below.mean(axis=0),
        ranks=np.where(known, ranks, np.uint8(MISSING)),
        inside=np.stack(inside, axis=1),
        width=np.stack(width, axis=1),
        negative=(quantiles[:, 0] < 0).astype(np.float64),
        standard_error=np.full(len(rows), np.nan) if standard_error is None else standard_error,
    )


def gaussian_quantiles(mean: Floats, std: Floats) -> Floats:
    """``[n, 99]``; quantiles at `LEVELS` of Gaussians."""
    quantiles: Floats = mean[:, None] + std[:, None] * NORMAL
    return quantiles


def gaussian_crps(mean: Floats, std: Floats, measured: Floats) -> Floats:
    """CRPS of Gaussians in closed form (Gneiting & Raftery, 2007); arrays of one shape, ``std`` above 0."""
    from scipy.special import ndtr

    z = (measured - mean) / std
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    crps: Floats = std * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    return crps


def rank_correlation(predicted: Floats, measured: Floats, groups: Ints) -> float:
    """Kendall's tau-b within each group, averaged over groups; NaN where no group has two distinct values."""
    from scipy.stats import kendalltau

    taus = []
    for group in np.unique(groups):
        rows = groups == group
        if len(np.unique(measured[rows])) > 1:
            # Who predicts one value for all ranks nothing.
            constant = len(np.unique(predicted[rows])) == 1
            taus.append(0.0 if constant else float(kendalltau(predicted[rows], measured[rows]).statistic))
    return float(np.mean(taus)) if taus else float("nan")


def summarise(outcome: Outcome, centre: Floats, groups: Ints) -> dict[str, float]:
    """The scores of one target, each architecture weighing the same.

    Parameters
    ----------
    centre
        ``[n]``; the median of each architecture's repeats.
    groups
        ``[n]``; within which architectures are ranked.
    """
    n = len(centre)
    spread = np.sum((centre - centre.mean()) ** 2)
    crps = float(outcome.crps.mean())
    error = np.abs(outcome.median - centre)
    within = error <= 2 * outcome.standard_error
    return {
        "architectures": n,
        "crps": crps,
        "crps_se": standard_error(outcome.crps),
        "crps_relative": crps / float(np.median(centre)),
        **{f"pinball_{name:02}": outcome.pinball[:, i].mean() for i, name in enumerate(SHOWN_PINBALL)},
        "calibration": float(np.abs(outcome.coverage - LEVELS).mean()),
        **{f"coverage_{name}": outcome.inside[:, i].mean() for i, name in enumerate(CENTRAL)},
        **{f"width_{name}": outcome.width[:, i].mean() for i, name in enumerate(CENTRAL)},
        "r2": float(1 - np.sum(error**2) / spread) if spread > 0 else float("nan"),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "relative_error": float(np.median(error / centre)),
        "tau": rank_correlation(outcome.median, centre, np.zeros(n, dtype=np.int64)),
        "tau_within": rank_correlation(outcome.median, centre, groups),
        "negative": outcome.negative.mean(),
        "within_2_se": float(within.mean()) if np.isfinite(outcome.standard_error).all() else float("nan"),
    }


def standard_error(values: Floats) -> float:
    """Of the mean of ``values`` ``[n]``, were they independent; NaN for one value."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def measured_rows(repeats: Mapping[str, Floats], target: str) -> Bools:
    """``[n]``; which architectures have a measurement of ``target``."""
    measured: Bools = np.any(np.isfinite(repeats[target]), axis=1)
    return measured
