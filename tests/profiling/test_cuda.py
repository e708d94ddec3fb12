"""The code that drives a GPU, against a GPU that is none."""

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from hwbench_mo import Architecture
from hwbench_mo.profiling import devices
from hwbench_mo.profiling.cuda import CudaBackend, EagerBackend, kernel_ms
from hwbench_mo.profiling.meter import TooLargeError
from hwbench_mo.profiling.torch_meter import TorchMeter
from tests.support.fake_gpu import LAUNCH_MS, MACS_PER_MS, FakeClock, FakeCuda, FakeNvml, FakeTorch
from tests.support.measured import TOY
from tests.support.simulated_device import settings_of

SMALL = Architecture(embed_dim=64, n_layer=3, mlp_ratio=(2, 2, 4), n_head=(1, 2, 2), bias=False)
MACS = 16 * (50254 * 64 + 256 * 5 * 64 + 3 * 8 * 64 * 64)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hwbench_mo.profiling.torch_meter.FIRST_SECONDS", 0.0)
    monkeypatch.setattr("hwbench_mo.profiling.torch_meter.WARM_SECONDS", 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr("hwbench_mo.profiling.counters.WallClock", lambda: clock)
    return clock


def meter_on(clock: FakeClock, cuda: FakeCuda | None = None, nvml: Any = None, **changes: Any) -> TorchMeter:
    settings = settings_of(TOY, batch=1, sequence=16, **changes)
    torch = FakeTorch(cuda or FakeCuda(clock))
    (meter,) = devices.find_meters("cuda", [0], settings, torch=torch, nvml=nvml or FakeNvml(clock))
    return meter


def test_a_reading_has_the_time_the_energy_and_the_memory_of_a_pass(clock: FakeClock) -> None:
    nvml = FakeNvml(clock, watts=300)
    nvml.reasons = 0x4 | 0x1
    meter = meter_on(clock, nvml=nvml)
    meter.warm_up(SMALL)
    reading = meter.measure(SMALL, energy=True)
    expected = LAUNCH_MS + MACS / MACS_PER_MS
    assert reading.latency_ms == pytest.approx((expected,) * 20)
    assert reading.energy_wh == pytest.approx((300 * expected / 1e3 / 3600,) * 3, rel=0.01)
    assert reading.peak_memory_mb == pytest.approx(20 + MACS / 1e6)
    assert reading.state["throttled"] == ["power_cap"]
    assert reading.state["at_the_end"]["sm_mhz"] == 1755
    assert meter.measure(SMALL, energy=False).energy_wh is None
    assert meter.facts["counter_period_s"] == pytest.approx(0.1, rel=0.01)
    assert meter.facts["driver"] == "580.1"


def test_a_graph_keeps_its_network_until_it_is_gone_itself(clock: FakeClock) -> None:
    backend = CudaBackend(FakeTorch(FakeCuda(clock)), 0)

    class Network:
        def __call__(self) -> None: ...

    network = Network()
    seen = weakref.ref(network)
    replay = backend.prepare(network)
    del network
    gc.collect()
    assert seen() is not None
    del replay
    gc.collect()
    assert seen() is None


def test_memory_that_is_short_is_told_from_other_errors(clock: FakeClock) -> None:
    cuda = FakeCuda(clock)
    meter = meter_on(clock, cuda)
    meter.measure(SMALL, energy=False)
    cuda.holds_macs = MACS - 1
    with pytest.raises(TooLargeError, match="CUDA out of memory"):
        meter.measure(SMALL, energy=False)
    cuda.holds_macs = 2 * MACS
    meter.measure(SMALL, energy=False)
    cuda.max_memory_allocated = None  # type: ignore[assignment]
    with pytest.raises(TypeError):
        meter.measure(SMALL, energy=False)


def test_a_capture_that_broke_off_for_memory_is_memory(clock: FakeClock) -> None:
    backend = CudaBackend(FakeTorch(FakeCuda(clock)), 0)
    error = RuntimeError("operation failed due to a previous error during capture")
    assert not backend.is_too_large(error)
    error.__context__ = RuntimeError("CUDA out of memory")
    assert backend.is_too_large(error)


def test_a_counter_that_stands_means_no_energy(clock: FakeClock) -> None:
    meter = meter_on(clock, nvml=FakeNvml(clock, watts=0.0))
    assert meter.measures_energy
    meter.warm_up(SMALL)
    assert not meter.measures_energy
    assert meter.facts["energy_reason"] == "the counter of energy stands still while the device works"
    assert meter.measure(SMALL, energy=True).energy_wh is None


class FakeProfile:
    """`torch.profiler`, which sees two kernels of 1 ms in each pass, below an annotation that spans them."""

    ProfilerActivity = SimpleNamespace(CPU=0, CUDA=1)

    def __init__(self, activities: list[int] | None = None) -> None:
        assert activities == [0, 1]

    def profile(self, activities: list[int]) -> "FakeProfile":
        return FakeProfile(activities)

    def record_function(self, name: str) -> "FakeProfile":
        return FakeProfile([0, 1])

    def __enter__(self) -> "FakeProfile":
        return self

    def __exit__(self, *_: object) -> None: ...

    def key_averages(self) -> list[Any]:
        kernel = SimpleNamespace(device_type="DeviceType.CUDA", is_user_annotation=False, self_device_time_total=1000.0)
        annotation = SimpleNamespace(device_type="DeviceType.CUDA", is_user_annotation=True, self_device_time_total=9e9)
        operator = SimpleNamespace(device_type="DeviceType.CPU", is_user_annotation=False, self_device_time_total=2e3)
        return [kernel, kernel, annotation, operator]


def test_the_authors_protocol_sums_kernels_of_eager_passes(clock: FakeClock) -> None:
    assert kernel_ms(FakeProfile([0, 1]).key_averages()) == 2.0
    meter = meter_on(clock, protocol="authors")
    backend = meter._backend
    assert isinstance(backend, EagerBackend)
    backend.profiler = FakeProfile([0, 1])
    meter.warm_up(SMALL)
    reading = meter.measure(SMALL, energy=True)
    assert reading.latency_ms == (2.0,) * 10
    assert reading.energy_wh is None
    assert "capture" not in backend.cuda.log
    assert "readings of power times duration" in meter.facts["energy_reason"]
