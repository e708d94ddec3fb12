"""What was measured of the architectures of a space."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.targets import Target, device_order
from hwbench_mo.typing import Bools, Codes, Floats, Ints


@dataclass(frozen=True, eq=False)
class Measurements:
    """n measurements of architectures of one space; an architecture that was measured several times has several rows.

    Parameters
    ----------
    space
        The space of the architectures.
    campaign_index
        ``[n]``; the order in which the architectures were measured.
    codes
        ``[n, d]``, canonical.
    readings
        For each measured target, ``[n, r]``: its r repeated measurements, NaN where one is missing. Perplexity,
        accuracy and memory were measured once (r = 1). A target that was not measured has no entry; where it was not
        measured of all architectures, rows are NaN.
    perplexity_mlp
        ``[n]``; perplexity as the authors' own network predicts it, NaN where the prediction is not known.
    held_out
        ``[n]``; rows that fits leave out, by which they are judged. By default none.
    protocols
        How devices were measured, in plain JSON values, by device; under ``architectures``, how perplexity was.

    Raises
    ------
    InputError
        If a target is unknown, or an array has not n rows.
    """

    space: SearchSpace
    campaign_index: Ints
    codes: Codes
    readings: Mapping[str, Floats]
    perplexity_mlp: Floats
    held_out: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    protocols: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.codes)
        if not len(self.held_out):
            object.__setattr__(self, "held_out", np.zeros(n, dtype=bool))
        rows = {"campaign_index": self.campaign_index, "perplexity_mlp": self.perplexity_mlp, "held_out": self.held_out}
        for name, array in rows.items():
            if array.shape != (n,):
                raise InputError(f"{name} has shape {array.shape}, but {n} architectures need ({n},)")
        for name, readings in self.readings.items():
            Target.parse(name)
            if readings.ndim != 2 or len(readings) != n:
                raise InputError(f"readings of {name} have shape {readings.shape}, but {n} architectures need [{n}, r]")

    @property
    def devices(self) -> list[str]:
        """Names of the devices that something was measured on."""
        named = {Target.parse(target).device for target in self.readings}
        return sorted((device for device in named if device), key=device_order)

    def centre(self, target: str) -> Floats:
        """``[n]``; the median of the readings of each architecture, NaN where nothing was measured."""
        if target not in self.readings:
            return np.full(len(self.codes), np.nan)
        readings = self.readings[target]
        centre = np.full(len(readings), np.nan)
        measured = np.isfinite(readings).any(axis=1)
        centre[measured] = np.nanmedian(readings[measured], axis=1)
        return centre

    def take(self, rows: Bools) -> "Measurements":
        """The rows that a mask ``[n]`` selects."""
        return replace(
            self,
            campaign_index=self.campaign_index[rows],
            codes=self.codes[rows],
            readings={target: readings[rows] for target, readings in self.readings.items()},
            perplexity_mlp=self.perplexity_mlp[rows],
            held_out=self.held_out[rows],
        )

    def only(self, targets: Iterable[str]) -> "Measurements":
        """Some targets alone, and the rows in which any of them was measured."""
        named = list(targets)
        known = [np.isfinite(self.centre(target)) for target in named]
        part = self.take(np.any(known, axis=0) if named else np.zeros(len(self.codes), dtype=bool))
        return replace(part, readings={target: part.readings[target] for target in named})
