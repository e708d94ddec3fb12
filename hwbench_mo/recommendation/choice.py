"""One architecture among those that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwbench_mo.spaces import Architecture


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One architecture, its value in what is optimised, and what it takes of each limit.

    Parameters
    ----------
    used
        By limit: the median, or with a confidence the quantile that is limited.
    differs
        In how many layers it differs from the recommended one at least.
    """

    architecture: Architecture
    value: float
    params: float
    used: Mapping[str, float]
    differs: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON has them."""
        return {
            "architecture": self.architecture.to_dict(),
            "value": self.value,
            "params": self.params,
            "used": dict(self.used),
            "differs": self.differs,
        }
