"""Energy from a counter that ticks: exact over whole ticks, however long a pass is, and refused where it stands."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo.profiling.counters import CounterStandsError, EnergyMeter, RaplCounter, find_rapl
from hwbench_mo.profiling.cuda import CudaBackend
from tests.support.fake_gpu import FakeClock, FakeCuda, FakeTorch

WATTS = 420.0


class Ticking:
    """Counts a constant power, and shows it at every tick alone."""

    kind = "nvml"

    def __init__(self, clock: FakeClock, period: float) -> None:
        self._clock = clock
        self._period = period

    def read(self) -> float:
        return float(np.floor(self._clock.seconds / self._period) * self._period * WATTS)


def backend_with(clock: FakeClock) -> CudaBackend:
    return CudaBackend(FakeTorch(FakeCuda(clock)), 0)


@given(st.floats(0.3, 400), st.sampled_from([0.02, 0.1, 0.25]), st.floats(0.5, 3))
@settings(deadline=None, max_examples=30)
def test_the_energy_of_a_pass_is_power_times_its_duration(pass_ms: float, period: float, seconds: float) -> None:
    clock = FakeClock()
    meter = EnergyMeter(Ticking(clock, period), seconds, clock)
    backend = backend_with(clock)

    def step() -> None:
        clock.work(pass_ms)

    meter.probe(backend, step, pass_ms)
    assert meter.period == pytest.approx(period, rel=0.05)
    assert meter.seconds >= 7.5 * period
    start = clock.seconds
    found = meter.measure(backend, step, pass_ms)
    assert len(found) == 3
    assert np.median(found) == pytest.approx(WATTS * pass_ms / 1e3 / 3600, rel=0.02)
    assert clock.seconds - start < meter.seconds + 2 * period + 3 * pass_ms / 1e3 + 0.2


def test_a_counter_that_stands_is_noticed() -> None:
    clock = FakeClock()
    meter = EnergyMeter(Ticking(clock, 1e9), 1.0, clock)
    with pytest.raises(CounterStandsError):
        meter.probe(backend_with(clock), lambda: clock.work(2.0), 2.0)


def zones_in(folder: Path, *values: int) -> list[Path]:
    zones = []
    for number, value in enumerate(values):
        zone = folder / f"intel-rapl:{number}"
        (zone / "sub").mkdir(parents=True)
        (zone / "energy_uj").write_text(f"{value}\n")
        (zone / "max_energy_range_uj").write_text("999999\n")
        zones.append(zone)
    (folder / "intel-rapl:0:0").mkdir()
    return zones


def test_rapl_counts_packages_beyond_their_range(tmp_path: Path) -> None:
    zones = zones_in(tmp_path, 999_990, 5)
    counter, reason = find_rapl(tmp_path)
    assert isinstance(counter, RaplCounter)
    assert reason == ""
    assert counter.read() == 0
    (zones[0] / "energy_uj").write_text("10")
    (zones[1] / "energy_uj").write_text("105")
    assert counter.read() == pytest.approx(120e-6)
    assert counter.read() == pytest.approx(120e-6)


def test_a_missing_rapl_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_rapl(tmp_path / "none") == (None, f"{tmp_path / 'none'} shows no RAPL counter")
    (zone,) = zones_in(tmp_path, 5)
    (zone / "energy_uj").write_text("much")
    assert "cannot be read" in find_rapl(tmp_path)[1]

    def refuse(self: Path, *_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert find_rapl(tmp_path)[1] == f"{zone / 'energy_uj'} can be read by root alone"
