"""What a campaign asks of whatever measures: one reading for one architecture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hwbench_mo.spaces import Architecture


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was measured of one architecture at one time."""

    latency_ms: tuple[float, ...]
    """Repeated passes; of one length in a campaign."""
    energy_wh: tuple[float, ...] | None = None
    """Energy of a pass, as repeated windows of passes gave it; None if it was not measured."""
    peak_memory_mb: float | None = None
    """The most memory that was allocated during a pass, weights included; None where that cannot be told."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Of the device while it ran: clocks, temperature, power, why it was throttled."""


class TooLargeError(Exception):
    """The memory of the device does not hold the architecture."""


class Meter(Protocol):
    """One device of one machine."""

    @property
    def name(self) -> str:
        """What messages call it: ``GPU 0``."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The device, its driver, limits and versions, in plain JSON values."""

    @property
    def measures_energy(self) -> bool:
        """Whether there is a counter of energy."""

    def warm_up(self, architecture: Architecture) -> None:
        """Run for some seconds, so that clocks and temperature are those of a device at work."""

    def others(self) -> list[str]:
        """Who else uses the device now, in words; empty if nobody is known to."""

    def measure(self, architecture: Architecture, *, energy: bool) -> Reading:
        """Measure one architecture.

        Raises
        ------
        TooLargeError
            If the memory does not hold it.
        """
