"""A GPU without a GPU: what `torch.cuda` and NVML offer, on a simulated clock, for the code that drives them.

Networks are built and run on the processor in eager passes; replays of a graph only move the clock.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import torch

MACS_PER_MS = 1e7
LAUNCH_MS = 0.5
MB_PER_MAC = 1e-6
WATTS = 350.0
TICK_SECONDS = 0.1


class Macs(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
    """Counts multiplications of linear layers while they run."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        if function is torch.nn.functional.linear:
            self.total += result.numel() * args[1].shape[1]
        return result


class FakeClock(threading.local):
    """Seconds that pass when something runs or waits; each thread, which drives a GPU of its own, has its own."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.busy_until = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def work(self, milliseconds: float) -> None:
        """Queue work of the device."""
        self.busy_until = max(self.busy_until, self.seconds) + milliseconds / 1e3

    def wait(self) -> None:
        self.seconds = max(self.seconds, self.busy_until)


class FakeEvent:
    def __init__(self, clock: FakeClock, *, enable_timing: bool = False) -> None:
        self._clock = clock
        self._timing = enable_timing
        self.at = float("nan")

    def record(self) -> None:
        self.at = max(self._clock.busy_until, self._clock.seconds)

    def query(self) -> bool:
        return self._clock.seconds >= self.at

    def elapsed_time(self, other: "FakeEvent") -> float:
        assert self._timing
        assert other._timing
        assert other.query()
        return (other.at - self.at) * 1e3


class FakeCuda:
    """`torch.cuda`, as far as it is used."""

    def __init__(self, clock: FakeClock, n: int = 1, names: tuple[str, ...] = ("Fake H100",)) -> None:
        self.clock = clock
        self.n = n
        self.names = names * n if len(names) == 1 else names
        self._captures = 0
        self._here = threading.local()
        self.log: list[str] = []
        self.holds_macs = float("inf")
        """Passes of more multiplications are out of memory."""
        self._peak = 0
        self._stream = threading.local()

    @property
    def capturing(self) -> bool:
        return getattr(self._here, "capturing", False)

    def is_available(self) -> bool:
        return self.n > 0

    def device_count(self) -> int:
        return self.n

    def get_device_capability(self, index: int) -> tuple[int, int]:
        return (9, 0)

    def get_device_properties(self, index: int) -> Any:
        return SimpleNamespace(name=self.names[index], uuid=f"0000-{index}")

    def device(self, device: Any) -> Any:
        return nullcontext()

    def Stream(self, device: Any) -> object:  # noqa: N802
        return object()

    @contextmanager
    def stream(self, stream: object) -> Iterator[None]:
        self._stream.current = stream
        with Macs() as macs:
            yield
        self._peak = max(self._peak, macs.total)
        self._stream.current = None
        if macs.total > self.holds_macs:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    def Event(self, *, enable_timing: bool = False) -> FakeEvent:  # noqa: N802
        return FakeEvent(self.clock, enable_timing=enable_timing)

    def CUDAGraph(self) -> Any:  # noqa: N802
        graph = SimpleNamespace(ms=float("nan"))

        def replay() -> None:
            assert not self.capturing
            assert getattr(self._stream, "current", None) is not None, "a replay on the default stream"
            self.clock.work(graph.ms)

        graph.replay = replay
        return graph

    @contextmanager
    def graph(self, graph: Any, *, stream: object, capture_error_mode: str) -> Iterator[None]:
        assert stream is not None
        assert capture_error_mode == "thread_local"
        assert not self._captures, "two captures at a time"
        self._captures += 1
        self._here.capturing = True
        self.log.append("capture")
        with Macs() as macs:
            yield
        graph.ms = LAUNCH_MS + macs.total / MACS_PER_MS
        self._captures -= 1
        self._here.capturing = False

    def synchronize(self, device: Any) -> None:
        assert not self.capturing, "a wait during a capture"
        self.clock.wait()

    def empty_cache(self) -> None:
        assert not self.capturing

    def reset_peak_memory_stats(self, device: Any) -> None:
        self._peak = 0

    def max_memory_allocated(self, device: Any) -> int:
        return int(1e6 * (20 + MB_PER_MAC * self._peak))


class FakeTorch:
    """PyTorch whose ``cuda`` is a `FakeCuda` and whose every device is the processor."""

    def __init__(self, cuda: FakeCuda) -> None:
        self.cuda = cuda

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def device(self, kind: str, index: int | None = None) -> Any:
        return torch.device("cpu")


class FakeNvml:
    """``pynvml``, as far as it is used."""

    class NVMLError(Exception):
        """What every function may raise."""

    def __init__(self, clock: FakeClock, *, watts: float = WATTS, without: tuple[str, ...] = ()) -> None:
        self.clock = clock
        self.watts = watts
        self.without = without
        """Functions that the card does not know."""
        self.processes: list[Any] = []
        self.reasons = 0

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("nvml") and name in self.without:
            raise self.NVMLError("Not Supported")
        return super().__getattribute__(name)

    def nvmlInit(self) -> None: ...  # noqa: N802

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 1

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> object:  # noqa: N802
        if not uuid.startswith("GPU-0000"):
            raise self.NVMLError("Not Found")
        return object()

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:  # noqa: N802
        return object()

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: object) -> int:  # noqa: N802
        ticks = int(self.clock.seconds / TICK_SECONDS)
        return int(ticks * TICK_SECONDS * self.watts * 1e3)

    def nvmlSystemGetDriverVersion(self) -> bytes:  # noqa: N802
        return b"580.1"

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: object) -> int:  # noqa: N802
        return 700_000

    def nvmlDeviceGetMaxClockInfo(self, handle: object, kind: int) -> int:  # noqa: N802
        return 1980 if kind == 1 else 2619

    def nvmlDeviceGetClockInfo(self, handle: object, kind: int) -> int:  # noqa: N802
        return 1755 if kind == 1 else 2619

    def nvmlDeviceGetTemperature(self, handle: object, kind: int) -> int:  # noqa: N802
        return 55

    def nvmlDeviceGetPowerUsage(self, handle: object) -> int:  # noqa: N802
        return int(self.watts * 1e3)

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: object) -> int:  # noqa: N802
        return self.reasons

    def nvmlDeviceGetComputeRunningProcesses(self, handle: object) -> list[Any]:  # noqa: N802
        return self.processes

    def nvmlDeviceGetGraphicsRunningProcesses(self, handle: object) -> list[Any]:  # noqa: N802
        raise self.NVMLError("Not Supported")

    def nvmlDeviceGetUtilizationRates(self, handle: object) -> Any:  # noqa: N802
        return SimpleNamespace(gpu=0)
