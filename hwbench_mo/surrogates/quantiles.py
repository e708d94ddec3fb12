"""The distribution of one new measurement around its median, as a table of quantiles."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats, Ints, read_only

TAILS = (0.001, 0.0025)
LEVELS: Floats = np.array([*TAILS, *np.linspace(0.005, 0.995, 199), *(1 - level for level in reversed(TAILS))])
"""Levels that are stored, k = 203. Beyond the outermost, the outermost quantile answers."""
MEDIAN = len(LEVELS) // 2
"""Where in `LEVELS` one half stands."""


@dataclass(frozen=True, eq=False)
class QuantileTable:
    """Quantiles of measurement / median within each (embed_dim, bias), which may change along the median.

    Between the knots quantiles are interpolated linearly; beyond them, the outermost knot answers.

    Parameters
    ----------
    ratios
        ``[g, j, k]``; g = (embed_dim, bias) groups, embed_dim major; j knots; ascending along k, never below 0.
    levels
        ``[k]``, ascending, within (0, 1).
    knots
        ``[g, j]``; the medians, ascending, at which the ratios hold. With one knot they hold everywhere, and it may be
        left out.
    """

    ratios: Floats
    levels: Floats
    knots: Floats = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        knots = np.ones(self.ratios.shape[:2]) if self.knots is None else self.knots
        if self.ratios.ndim != 3 or self.ratios.shape[2] != len(self.levels):
            raise InputError(f"ratios have shape {self.ratios.shape}, but need [groups, knots, {len(self.levels)}]")
        if knots.shape != self.ratios.shape[:2] or (self.knots is None and self.ratios.shape[1] != 1):
            raise InputError(f"knots have shape {knots.shape}, but ratios of shape {self.ratios.shape} need one each")
        if (np.diff(knots, axis=1) <= 0).any():
            raise InputError("knots must ascend within each group")
        object.__setattr__(self, "knots", read_only(np.array(knots, dtype=np.float64)))
        object.__setattr__(self, "ratios", read_only(np.array(self.ratios, dtype=np.float64)))

    def take(self, groups: Ints) -> "QuantileTable":
        """The same distributions for a choice of groups, in that order."""
        return QuantileTable(self.ratios[groups], self.levels, self.knots[groups])

    def quantile(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n, k]``; quantiles at ``levels`` ``[k]`` of architectures with those ``groups`` and ``medians``."""
        g, j, _ = self.ratios.shape
        flat = self.ratios.reshape(g * j, -1)
        table = np.stack([np.interp(levels, self.levels, row) for row in flat]).reshape(g, j, len(levels))
        if j == 1:
            return np.asarray(medians[:, None] * table[groups, 0])
        left, weight = self._place(groups, medians)
        low, high = table[groups, left], table[groups, left + 1]
        return np.asarray(medians[:, None] * (low + weight[:, None] * (high - low)))

    def at(self, groups: Ints, medians: Floats, levels: Floats) -> Floats:
        """``[n]``; one quantile each: row i's at ``levels[i]``."""
        clipped = np.clip(levels, self.levels[0], self.levels[-1])
        below = np.clip(np.searchsorted(self.levels, clipped, side="right") - 1, 0, len(self.levels) - 2)
        share = (clipped - self.levels[below]) / (self.levels[below + 1] - self.levels[below])

        def read(knot: Ints | int) -> Floats:
            low, high = self.ratios[groups, knot, below], self.ratios[groups, knot, below + 1]
            return np.asarray(low + share * (high - low))

        if self.ratios.shape[1] == 1:
            return medians * read(0)
        left, weight = self._place(groups, medians)
        low = read(left)
        return np.asarray(medians * (low + weight * (read(left + 1) - low)))

    def mean(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; expected values."""
        return medians * self._moments(groups, medians)[0]

    def std(self, groups: Ints, medians: Floats) -> Floats:
        """``[n]``; standard deviations."""
        mean, square = self._moments(groups, medians)
        return np.asarray(medians * np.sqrt(np.maximum(square - mean**2, 0.0)))

    def _place(self, groups: Ints, medians: Floats) -> tuple[Ints, Floats]:
        """Which knot is to the left, and how far from it to the next, in [0, 1]."""
        own = self.knots[groups]
        left: Ints = (medians[:, None] >= own[:, 1:-1]).sum(axis=1)
        rows = np.arange(len(groups))
        start, end = own[rows, left], own[rows, left + 1]
        return left, np.clip((medians - start) / (end - start), 0.0, 1.0)

    def _moments(self, groups: Ints, medians: Floats) -> tuple[Floats, Floats]:
        """Expected ratio and expected square: exact integrals of the piecewise linear quantile functions."""
        first, second, crossed = self._integrals
        if self.ratios.shape[1] == 1:
            return first[groups, 0], second[groups, 0]
        left, weight = self._place(groups, medians)
        rest = 1 - weight
        mean = rest * first[groups, left] + weight * first[groups, left + 1]
        square = rest**2 * second[groups, left] + weight**2 * second[groups, left + 1]
        return mean, square + 2 * rest * weight * crossed[groups, left]

    @cached_property
    def _integrals(self) -> tuple[Floats, Floats, Floats]:
        """``[g, j]``, ``[g, j]``, ``[g, j - 1]``; of each knot, its square, and its product with the next knot."""
        width = np.diff(np.concatenate([[0.0], self.levels, [1.0]]))
        full = np.concatenate([self.ratios[..., :1], self.ratios, self.ratios[..., -1:]], axis=2)

        def product(a: Floats, b: Floats) -> Floats:
            ends = 2 * (a[..., :-1] * b[..., :-1] + a[..., 1:] * b[..., 1:])
            cross = a[..., :-1] * b[..., 1:] + a[..., 1:] * b[..., :-1]
            return np.asarray(((ends + cross) / 6 * width).sum(axis=-1))

        return product(full, np.ones_like(full)), product(full, full), product(full[:, :-1], full[:, 1:])
