"""Finding what to measure: every mistake and every missing thing in one line."""

from types import SimpleNamespace
from typing import Any

import pytest

from hwbench_mo import InputError
from hwbench_mo.profiling import devices
from hwbench_mo.profiling.clock import ClockBackend
from hwbench_mo.profiling.nvml import find_card
from tests.support.fake_gpu import FakeClock, FakeCuda, FakeNvml, FakeTorch
from tests.support.measured import TOY
from tests.support.simulated_device import settings_of

SETTINGS = settings_of(TOY, batch=1, sequence=16)


def torch_with(n: int, *names: str) -> Any:
    return FakeTorch(FakeCuda(FakeClock(), n, names or ("Fake H100",)))


def test_a_gpu_is_measured_unless_another_kind_is_asked_for() -> None:
    assert devices.find_kind(None, torch_with(1)) == "cuda"
    assert devices.find_kind("cpu", torch_with(1)) == "cpu"
    with pytest.raises(InputError, match=r"no GPU: torch \S+ finds none; --on cpu measures the processor"):
        devices.find_kind(None, torch_with(0))
    with pytest.raises(InputError, match=r"no cuda device: torch \S+ finds none"):
        devices.find_kind("cuda", torch_with(0))
    with pytest.raises(InputError, match="unknown kind of device 'tpu'"):
        devices.find_kind("tpu", torch_with(0))


@pytest.mark.parametrize(
    ("capability", "dtype"), [((9, 0), "bfloat16"), ((8, 0), "bfloat16"), ((7, 5), "float16"), ((6, 0), "float16")]
)
def test_types_are_those_of_the_authors(capability: tuple[int, int], dtype: str) -> None:
    torch = torch_with(1)
    torch.cuda.get_device_capability = lambda index: capability
    assert devices.defaults_of("cuda", [0], torch) == {"dtype": dtype, "protocol": "graph"}
    assert devices.defaults_of("cpu", [0], torch) == {"dtype": "float32", "protocol": "clock"}


@pytest.mark.parametrize(
    ("indices", "names", "message"),
    [
        ([2], (), "GPU 2 is not there: torch finds 2, counted from 0"),
        ([-1], (), "GPU -1 is not there"),
        ([0, 0], (), "GPUs are 0, 0, but each may be named once"),
        ([0, 1], ("A100", "H100"), "the GPUs differ: 0 is a A100, 1 is a H100; measure each as a device of its own"),
    ],
)
def test_gpus_that_cannot_be_measured_together(indices: list[int], names: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        devices.find_meters("cuda", indices, SETTINGS, torch=torch_with(2, *names), nvml=FakeNvml(FakeClock()))


def test_protocols_are_for_kinds_of_devices() -> None:
    with pytest.raises(InputError, match="protocol 'graph' is not for cpu: clock"):
        devices.find_meters("cpu", [0], SETTINGS, torch=torch_with(1))
    authors = settings_of(TOY, protocol="authors")
    with pytest.raises(InputError, match="protocol 'authors' measures one GPU at a time"):
        devices.find_meters("cuda", [0, 1], authors, torch=torch_with(2), nvml=FakeNvml(FakeClock()))


def meter_with(nvml: Any) -> Any:
    (meter,) = devices.find_meters("cuda", [0], SETTINGS, torch=torch_with(1), nvml=nvml)
    return meter


def test_a_gpu_without_a_counter_says_why() -> None:
    without = FakeNvml(FakeClock(), without=("nvmlDeviceGetTotalEnergyConsumption",))
    meter = meter_with(without)
    assert not meter.measures_energy
    assert meter.facts["energy_reason"].startswith("NVML counts no energy on this GPU, as on those before Volta")
    assert meter.facts["power_limit_w"] == 700
    assert meter_with(FakeNvml(FakeClock(), without=("nvmlInit",))).facts["energy_reason"] == (
        "NVML does not answer: Not Supported"
    )


def test_an_old_or_missing_binding_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(NVMLError=RuntimeError, nvmlInit=lambda: None, nvmlDeviceGetHandleByIndex=lambda i: i)
    card, _ = find_card(SimpleNamespace(), 0, old)
    assert card is not None
    assert card.missing_counter() == "the Python binding of NVML is too old: pip install --upgrade nvidia-ml-py"
    assert card.clocks() == {"sm_max_mhz": None, "memory_max_mhz": None}
    assert card.others() == []
    monkeypatch.setitem(__import__("sys").modules, "pynvml", None)
    card, reason = find_card(SimpleNamespace(uuid="x"), 0)
    assert card is None
    assert reason == "the Python binding of NVML is not installed: pip install -c constraints.txt -e '.[measure]'"


def test_a_card_is_found_by_its_uuid_or_alone() -> None:
    nvml = FakeNvml(FakeClock())
    assert find_card(SimpleNamespace(uuid="0000-1"), 1, nvml)[0] is not None
    assert find_card(SimpleNamespace(uuid="unknown"), 0, nvml)[0] is not None
    nvml.nvmlDeviceGetCount = lambda: 2  # type: ignore[method-assign]
    assert find_card(SimpleNamespace(uuid="unknown"), 0, nvml) == (None, "NVML does not answer: Not Found")


def test_other_processes_are_named_and_our_own_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(FakeClock())
    meter = meter_with(nvml)
    monkeypatch.setattr("os.getpid", lambda: 1)
    nvml.processes = [SimpleNamespace(pid=1, usedGpuMemory=5), SimpleNamespace(pid=2**30, usedGpuMemory=int(9e8))]
    assert meter.others() == [f"process {2**30} holds 900 MB"]
    nvml.processes = nvml.processes[1:]  # the only one, under a number that nobody has here: our own in a container
    assert meter.others() == []
    nvml.processes = []
    nvml.nvmlDeviceGetUtilizationRates = lambda handle: SimpleNamespace(gpu=90)  # type: ignore[method-assign]
    assert meter.others() == ["something keeps it busy for 90 % of the time"]


def test_a_loaded_processor_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(TOY, protocol="clock", dtype="float32", batch=1, sequence=4)
    (meter,) = devices.find_meters("cpu", [0], settings, torch=torch_with(0))
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr("os.getloadavg", lambda: (3.0, 0.0, 0.0))
    assert meter.others() == ["a load of 3.0 on 4 cores"]
    monkeypatch.setattr("os.getloadavg", lambda: (1.0, 0.0, 0.0))
    assert meter.others() == []
    assert meter.name == "the processor"


def test_memory_of_a_processor_that_is_short() -> None:
    import torch

    backend = ClockBackend(torch, "cpu")
    assert backend.is_too_large(RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    assert backend.is_too_large(MemoryError())
    assert not backend.is_too_large(RuntimeError("shapes differ"))
    assert backend.peak_mb() is None
