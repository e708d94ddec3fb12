"""A GPU as NVML, the management library of NVIDIA's driver, shows it: clocks, limits, energy, other processes.

It is only read: no clock and no limit is set.
"""

import os
from contextlib import suppress
from importlib import import_module
from typing import Any

from hwbench_mo.extras import how_to_install

THROTTLES = {
    0x4: "power_cap",
    0x8: "hardware_slowdown",
    0x20: "software_thermal",
    0x40: "hardware_thermal",
    0x80: "power_brake",
}
"""Reasons to lower clocks that are no choice of the user's: bits of NVML's mask."""


class Card:
    """One GPU.

    Parameters
    ----------
    nvml
        The module ``pynvml``, initialised.
    handle
        Its handle of the GPU.
    """

    kind = "nvml"

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    def _ask(self, name: str, *arguments: Any) -> Any:
        """What a function of NVML answers; None where the card, the driver or the binding does not know it."""
        with suppress(self._nvml.NVMLError, AttributeError):
            return getattr(self._nvml, name)(self._handle, *arguments)
        return None

    def read(self) -> float:
        """Joules since the driver was loaded, of the whole board."""
        return float(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle)) / 1e3

    def missing_counter(self) -> str:
        """Why there is no counter of energy; empty if there is one."""
        try:
            self.read()
        except AttributeError:
            return "the Python binding of NVML is too old: pip install --upgrade nvidia-ml-py"
        except self._nvml.NVMLError as error:
            return f"NVML counts no energy on this GPU, as on those before Volta ({error})"
        return ""

    @property
    def driver(self) -> str | None:
        with suppress(self._nvml.NVMLError):
            return _text(self._nvml.nvmlSystemGetDriverVersion())
        return None

    @property
    def power_limit_w(self) -> float | None:
        limit = self._ask("nvmlDeviceGetEnforcedPowerLimit")
        return None if limit is None else limit / 1e3

    def clocks(self) -> dict[str, Any]:
        """The highest clocks that the card may have, in MHz."""
        return {
            "sm_max_mhz": self._ask("nvmlDeviceGetMaxClockInfo", 1),
            "memory_max_mhz": self._ask("nvmlDeviceGetMaxClockInfo", 2),
        }

    def state(self) -> dict[str, Any]:
        """Clocks, temperature and power now, and why clocks are lowered."""
        power = self._ask("nvmlDeviceGetPowerUsage")
        mask = self._ask("nvmlDeviceGetCurrentClocksEventReasons")
        if mask is None:
            mask = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons") or 0
        return {
            "sm_mhz": self._ask("nvmlDeviceGetClockInfo", 1),
            "memory_mhz": self._ask("nvmlDeviceGetClockInfo", 2),
            "temperature_c": self._ask("nvmlDeviceGetTemperature", 0),
            "power_w": None if power is None else power / 1e3,
            "throttled": [name for bit, name in THROTTLES.items() if mask & bit],
        }

    def others(self) -> list[str]:
        """Other processes on the card, and work of processes that cannot be seen from here."""
        found: dict[int, str] = {}
        for name in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"):
            for process in self._ask(name) or ():
                memory = process.usedGpuMemory
                held = f" holds {memory / 1e6:.0f} MB" if memory else ""
                found[process.pid] = f"process {process.pid}{held}"
        own = os.getpid()
        if own not in found:  # within a container NVML gives the numbers of the machine: one of them is our own
            own = next((pid for pid in found if not _is_here(pid)), own)
        found.pop(own, None)
        return list(found.values())

    def utilisation(self) -> int | None:
        """Percent of the last instants in which something ran on the card."""
        rates = self._ask("nvmlDeviceGetUtilizationRates")
        return None if rates is None else int(rates.gpu)


def find_card(properties: Any, index: int, nvml: Any | None = None) -> tuple[Card | None, str]:
    """The card of a GPU of PyTorch's, or why NVML does not show it.

    Parameters
    ----------
    properties
        What ``torch.cuda.get_device_properties`` says. PyTorch and NVML may count GPUs in another order.
    index
        PyTorch's number of the GPU, for properties without a UUID.
    nvml
        The module ``pynvml``; tests give another.
    """
    if nvml is None:
        try:
            nvml = import_module("pynvml")
        except ModuleNotFoundError:
            return None, f"the Python binding of NVML is not installed: {how_to_install('measure')}"
    try:
        nvml.nvmlInit()
        uuid = str(getattr(properties, "uuid", ""))
        if not uuid:
            return Card(nvml, nvml.nvmlDeviceGetHandleByIndex(index)), ""
        name = uuid if uuid.startswith("GPU-") else f"GPU-{uuid}"
        try:
            return Card(nvml, nvml.nvmlDeviceGetHandleByUUID(name)), ""
        except nvml.NVMLError:
            if nvml.nvmlDeviceGetCount() != 1:
                raise
            return Card(nvml, nvml.nvmlDeviceGetHandleByIndex(0)), ""
    except nvml.NVMLError as error:
        return None, f"NVML does not answer: {error}"
    except AttributeError:
        return None, "the Python binding of NVML is too old: pip install --upgrade nvidia-ml-py"


def _is_here(pid: int) -> bool:
    return not os.path.isdir("/proc/self") or os.path.isdir(f"/proc/{pid}")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
