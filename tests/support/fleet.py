"""Goals that are made of several metrics."""

from typing import NamedTuple

import numpy as np

from hwbench_mo.typing import Floats, Values


class Slowest(NamedTuple):
    """The greatest of several latencies."""

    targets: tuple[str, ...]
    sign: float = 1.0
    unit: str | None = "ms"

    @property
    def name(self) -> str:
        """As it is written."""
        return f"max({','.join(self.targets)})"

    def value(self, columns: Values, /) -> Floats:
        """``[n]``."""
        return np.asarray(columns.max(axis=1))


class Mean(NamedTuple):
    """A weighted mean of several metrics."""

    targets: tuple[str, ...]
    weights: tuple[float, ...]
    sign: float = 1.0
    unit: str | None = "ms"

    @property
    def name(self) -> str:
        """As it is written."""
        return f"mean({','.join(self.targets)})"

    def value(self, columns: Values, /) -> Floats:
        """``[n]``."""
        return np.asarray(columns @ np.array(self.weights) / sum(self.weights))
