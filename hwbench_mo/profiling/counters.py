"""Counters of energy, and the energy of a pass: the counter over windows of passes, from tick to tick."""

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hwbench_mo.profiling.clock import Step
from hwbench_mo.typing import Floats

WINDOWS = 3
"""Windows of one measurement, of equal length."""
TICKS = 8
"""Ticks that a measurement spans at least: its length is known to a fraction of one."""
CHUNK_SECONDS = 0.02
"""Passes are launched in chunks of this length."""
UNDER_WAY = 3
"""Chunks that wait or run: the device works on while the counter is read."""
PROBE_SECONDS = 1.2
"""How long the counter is watched for its period."""
PATIENCE = 3.0
"""A counter that does not move for so many seconds under load does not count."""
POWERCAP = Path("/sys/class/powercap")


class Counter(Protocol):
    """Energy since some time, in joules."""

    @property
    def kind(self) -> str:
        """``nvml`` or ``rapl``."""

    def read(self) -> float:
        """Joules; never less than before."""


class Clock(Protocol):
    """Time in seconds; tests give another."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class WallClock:
    """The clock of the machine."""

    def now(self) -> float:
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class CounterStandsError(Exception):
    """A counter does not move, although the device works."""


@dataclass(frozen=True, eq=False)
class Ticks:
    """Times at which a counter moved, its values then, and how many passes a second the device did meanwhile."""

    seconds: Floats
    joules: Floats
    passes_per_second: float

    @property
    def period(self) -> float:
        """Seconds between two ticks: the median."""
        return float(np.median(np.diff(self.seconds)))

    def energy_wh(self, n: int = WINDOWS) -> tuple[float, ...]:
        """Energy of one pass in ``n`` windows of equal length."""
        bounds = np.linspace(self.seconds[0], self.seconds[-1], n + 1)
        watts = np.diff(np.interp(bounds, self.seconds, self.joules)) / np.diff(bounds)
        return tuple(float(watt) for watt in watts / self.passes_per_second / 3600)


def watch(counter: Counter, backend: Any, step: Step, *, pass_ms: float, seconds: float, clock: Clock) -> Ticks:
    """Run passes without a pause and note when the counter moves, from one tick to one at least ``seconds`` later.

    Raises
    ------
    CounterStandsError
        If it does not move for some seconds.
    """
    chunk = max(1, round(CHUNK_SECONDS * 1e3 / pass_ms))
    under_way: deque[Any] = deque()
    finished: list[tuple[float, int]] = []
    ticks: list[tuple[float, float]] = []
    last = counter.read()
    moved = clock.now()
    while len(ticks) < 2 or ticks[-1][0] - ticks[0][0] < seconds or len(finished) < 2:
        while len(under_way) < UNDER_WAY:
            under_way.append(backend.enqueue(step, chunk))
        if under_way[0].done():
            under_way.popleft()
            finished.append((clock.now(), len(finished) * chunk))
        value, now = counter.read(), clock.now()
        if value != last:
            ticks.append((now, value))
            last, moved = value, now
        elif now - moved > max(PATIENCE, 20 * pass_ms * chunk / 1e3):
            raise CounterStandsError
        clock.sleep(0.0005)
    backend.synchronize()
    (start, before), (end, after) = finished[0], finished[-1]
    times, joules = np.array(ticks).T
    return Ticks(times, joules, (after - before) / (end - start))


class EnergyMeter:
    """Measures the energy of passes by a counter whose period is measured first."""

    def __init__(self, counter: Counter, seconds: float, clock: Clock | None = None) -> None:
        self.counter = counter
        self.seconds = seconds
        self.clock = clock or WallClock()
        self.period: float | None = None

    def probe(self, backend: Any, step: Step, pass_ms: float) -> None:
        """Measure the counter's period under load, and make windows long enough for it."""
        ticks = watch(
            self.counter, backend, step, pass_ms=pass_ms, seconds=min(PROBE_SECONDS, self.seconds), clock=self.clock
        )
        self.period = ticks.period
        self.seconds = max(self.seconds, TICKS * ticks.period)

    def measure(self, backend: Any, step: Step, pass_ms: float) -> tuple[float, ...]:
        """Wh of one pass, in each of `WINDOWS` windows."""
        ticks = watch(self.counter, backend, step, pass_ms=pass_ms, seconds=self.seconds, clock=self.clock)
        return ticks.energy_wh()


class RaplCounter:
    """Intel's and AMD's running average power limit: the packages of a machine, as Linux shows them."""

    kind = "rapl"

    def __init__(self, zones: list[Path]) -> None:
        self._files = [zone / "energy_uj" for zone in zones]
        self._ranges = [int((zone / "max_energy_range_uj").read_text()) for zone in zones]
        self._last = [int(file.read_text()) for file in self._files]
        self._total = 0

    def read(self) -> float:
        values = [int(file.read_text()) for file in self._files]
        for value, last, largest in zip(values, self._last, self._ranges, strict=True):
            self._total += (value - last) % (largest + 1)  # the counter starts again at its range
        self._last = values
        return self._total / 1e6


def find_rapl(folder: Path = POWERCAP) -> tuple[RaplCounter | None, str]:
    """The counter of the processor's packages, or why there is none."""
    zones = sorted(zone for zone in folder.glob("*-rapl:*") if zone.name.count(":") == 1)
    if not zones:
        return None, f"{folder} shows no RAPL counter"
    try:
        return RaplCounter(zones), ""
    except PermissionError:
        return None, f"{zones[0] / 'energy_uj'} can be read by root alone"
    except (OSError, ValueError) as error:
        return None, f"{zones[0]} cannot be read: {error}"
