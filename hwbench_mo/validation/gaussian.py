"""Gaussian forecasts from any regression of the logarithms of each architecture's centre and spread.

The authors of the data forecast so. Two things are added in favour of the baselines. The centre is the median of the
repeats rather than their mean, because some repeats are a thousand times too long. The spread is scaled, width by
width, to the least CRPS on architectures that the regression did not see: the spread of repeats alone tells neither
the regression's error nor the campaign's drift.
"""

from typing import Protocol

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.typing import Bools, Floats, Ints
from hwbench_mo.validation.scores import gaussian_crps, gaussian_quantiles, measured_rows

HELD_SHARE = 0.15
LEAST_SPREAD = 1e-5
"""Relative. Repeats that all read the same differ by less than the clock shows, but they differ."""
OF_REPEATS = (0.0, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Factors of the predicted spread of repeats that are tried."""
OF_RESIDUAL = (0.0, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Factors of the spread of residuals that are tried; the two spreads add in squares."""
MOST_REPEATS = 10


class Learner(Protocol):
    """Regression of every column of ``y`` ``[n, t]`` on one of several views ``x``, each ``[n, p]``.

    Answers predictions of the held rows, by a fit to the other rows that the held rows may tune, and of the new rows.
    """

    def __call__(self, x: list[Floats], y: Floats, held: Bools, x_new: list[Floats], /) -> tuple[Floats, Floats]: ...


def gaussian_forecast(
    train: Measurements, target: str, x: list[Floats], x_new: list[Floats], learner: Learner
) -> Floats:
    """``[n, 99]``; quantiles of Gaussians for the new architectures."""
    rows = measured_rows(train.readings, target)
    repeats = train.readings[target][rows]
    centre = train.centre(target)[rows]
    held = np.random.default_rng(0).random(len(centre)) < HELD_SHARE
    y = [np.log(centre)]
    if several := bool((np.isfinite(repeats).sum(axis=1) > 1).all()):
        y.append(np.log(np.nanstd(repeats, axis=1, ddof=1) / centre + LEAST_SPREAD))
    held_answers, answers = learner([one[rows] for one in x], np.stack(y, axis=1), held, x_new)
    spread_held, spread = (
        np.exp(one[:, 1]) if several else np.full(len(one), LEAST_SPREAD) for one in (held_answers, answers)
    )
    width = train.codes[rows][held, EMBED_DIM]
    ratios = repeats[held][:, :: max(1, repeats.shape[1] // MOST_REPEATS)] / np.exp(held_answers[:, :1])
    scales = _best_scales(width, ratios, spread_held, len(train.space.embed_dim))
    factor, added = scales[_widths(x_new)].T
    median = np.exp(answers[:, 0])
    return gaussian_quantiles(median, median * np.hypot(factor * spread, added))


def _widths(x: list[Floats]) -> Ints:
    """``[n]``; embed_dim is the first feature of every view."""
    return x[0][:, EMBED_DIM].astype(np.int64)


def _best_scales(width: Ints, ratios: Floats, spread: Floats, n_widths: int) -> Floats:
    """``[e, 2]``; for each embed_dim, a factor of the spread and a spread to add.

    Both are those with the least CRPS of the ratios, measured to predicted.
    """
    scales = np.ones((n_widths, 2))
    for e in range(n_widths):
        rows = width == e if (width == e).any() else np.ones(len(width), dtype=bool)
        known = np.isfinite(ratios[rows])
        measured = ratios[rows][known]
        within = np.broadcast_to(spread[rows, None], known.shape)[known]
        residual = max(1.4826 * float(np.median(np.abs(measured - 1))), LEAST_SPREAD)
        candidates = [(a, b * residual) for a in OF_REPEATS for b in OF_RESIDUAL if a or b]
        losses = [
            gaussian_crps(np.ones(len(measured)), np.hypot(a * within, b), measured).mean() for a, b in candidates
        ]
        scales[e] = candidates[int(np.argmin(losses))]
    return scales
