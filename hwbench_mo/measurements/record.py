"""What was measured of the architectures of a space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Bools, Codes, Floats, Ints


@dataclass(frozen=True, eq=False)
class Measurements:
    """What was measured of n architectures of one space.

    Parameters
    ----------
    space
        Where the architectures come from.
    campaign_index
        ``[n]``; the order in which they were measured.
    codes
        ``[n, d]``, canonical.
    readings
        For each measured target, ``[n, r]``: its r repeated measurements, NaN where one is missing. Perplexity,
        accuracy and memory were taken once (r = 1).
    perplexity_mlp
        ``[n]``; what the authors' own network answers, NaN where that is not known. A folder may lack the column.
    """

    space: SearchSpace
    campaign_index: Ints
    codes: Codes
    readings: Mapping[str, Floats]
    perplexity_mlp: Floats

    def centre(self, target: str) -> Floats:
        """``[n]``; median over the readings, NaN where nothing was measured."""
        readings = self.readings[target]
        centre = np.full(len(readings), np.nan)
        measured = np.isfinite(readings).any(axis=1)
        centre[measured] = np.nanmedian(readings[measured], axis=1)
        return centre

    def take(self, rows: Bools) -> "Measurements":
        """The rows of a mask."""
        return replace(
            self,
            campaign_index=self.campaign_index[rows],
            codes=self.codes[rows],
            readings={target: readings[rows] for target, readings in self.readings.items()},
            perplexity_mlp=self.perplexity_mlp[rows],
        )
