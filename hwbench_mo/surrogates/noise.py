"""The distribution of one new measurement, as a quantile function of its ratio to the centre."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.typing import Floats, Ints

TAILS = (0.001, 0.0025)
LEVELS: Floats = np.array([*TAILS, *np.linspace(0.005, 0.995, 199), *(1 - level for level in reversed(TAILS))])
"""Levels that are stored, k = 203. Beyond the outermost, the outermost quantile answers."""


@dataclass(frozen=True, eq=False)
class QuantileTable:
    """Quantiles of measurement / centre, pooled within each (embed_dim, bias).

    Parameters
    ----------
    ratios
        ``[g, k]``; g = (embed_dim, bias) groups, embed_dim major; ascending along k, never below 0.
    levels
        ``[k]``, ascending, within (0, 1).
    """

    ratios: Floats
    levels: Floats

    def __post_init__(self) -> None:
        if self.ratios.ndim != 2 or self.ratios.shape[1] != len(self.levels):
            raise InputError(f"ratios have shape {self.ratios.shape}, but need [groups, {len(self.levels)}]")

    def quantile(self, groups: Ints, levels: Floats) -> Floats:
        """``[n, k]``; the ratio's quantiles at ``levels`` ``[k]`` for each of n groups."""
        table = np.stack([np.interp(levels, self.levels, row) for row in self.ratios])
        return table[groups]

    def at(self, groups: Ints, levels: Floats) -> Floats:
        """``[n]``; one quantile each: row i's ratio at ``levels[i]``."""
        ratios = np.empty(len(levels))
        for group in np.unique(groups):
            rows = groups == group
            ratios[rows] = np.interp(levels[rows], self.levels, self.ratios[group])
        return ratios

    @cached_property
    def _moments(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation per group: exact integrals of the piecewise linear quantile function."""
        levels = np.concatenate([[0.0], self.levels, [1.0]])
        ratios = np.concatenate([self.ratios[:, :1], self.ratios, self.ratios[:, -1:]], axis=1)
        width, low, high = np.diff(levels), ratios[:, :-1], ratios[:, 1:]
        mean = ((low + high) / 2 * width).sum(axis=1)
        low, high = low - mean[:, None], high - mean[:, None]
        variance = ((low**2 + low * high + high**2) / 3 * width).sum(axis=1)
        return mean, np.sqrt(variance)

    def mean(self, groups: Ints) -> Floats:
        """``[n]``; expected ratio."""
        mean: Floats = self._moments[0][groups]
        return mean

    def std(self, groups: Ints) -> Floats:
        """``[n]``; standard deviation of the ratio."""
        std: Floats = self._moments[1][groups]
        return std
