"""Which device to measure: finds it, and says in one line what is missing."""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwbench_mo.errors import InputError, unknown
from hwbench_mo.network.build import import_torch
from hwbench_mo.profiling.clock import ClockBackend
from hwbench_mo.profiling.counters import EnergyMeter, find_rapl
from hwbench_mo.profiling.cuda import CudaBackend, EagerBackend
from hwbench_mo.profiling.nvml import find_card
from hwbench_mo.profiling.settings import Settings
from hwbench_mo.profiling.torch_meter import TorchMeter

KINDS = ("cuda", "mps", "cpu")
PROTOCOLS_OF = {"cuda": ("graph", "authors"), "mps": ("clock",), "cpu": ("clock",)}
"""The first one is taken where none is asked for."""
BFLOAT16_SINCE = (8, 0)
"""Compute capability: GPUs before Ampere are measured in float16, as the authors did."""


def find_kind(wanted: str | None, torch: Any | None = None) -> str:
    """The kind of device to measure: a GPU, unless another is asked for.

    Raises
    ------
    InputError
        If there is none of that kind, or no GPU and nothing else was asked for.
    """
    torch = torch or import_torch()
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted is not None:
        if wanted not in KINDS:
            raise unknown("kind of device", wanted, KINDS)
        if not there[wanted]:
            raise InputError(f"no {wanted} device: torch {torch.__version__} finds none")
        return wanted
    for kind in ("cuda", "mps"):
        if there[kind]:
            return kind
    raise InputError(f"no GPU: torch {torch.__version__} finds none; --on cpu measures the processor")


def defaults_of(kind: str, indices: Sequence[int], torch: Any | None = None) -> dict[str, str]:
    """Type and protocol where none is asked for."""
    torch = torch or import_torch()
    dtype = "float32"
    if kind == "cuda":
        check_indices_of_gpus(indices, torch)
        capability = min(torch.cuda.get_device_capability(index) for index in indices)
        dtype = "bfloat16" if tuple(capability) >= BFLOAT16_SINCE else "float16"
    return {"dtype": dtype, "protocol": PROTOCOLS_OF[kind][0]}


def check_indices_of_gpus(indices: Sequence[int], torch: Any) -> None:
    """Raise `InputError` unless every GPU is there, once, and all are alike."""
    n = torch.cuda.device_count()
    for index in indices:
        if not 0 <= index < n:
            raise InputError(f"GPU {index} is not there: torch finds {n}, counted from 0")
    if len(set(indices)) < len(indices):
        raise InputError(f"GPUs are {', '.join(map(str, indices))}, but each may be named once")
    names = [torch.cuda.get_device_properties(index).name for index in indices]
    if len(set(names)) > 1:
        named = ", ".join(f"{index} is a {name}" for index, name in zip(indices, names, strict=True))
        raise InputError(f"the GPUs differ: {named}; measure each as a device of its own")


def find_meters(
    kind: str, indices: Sequence[int], settings: Settings, *, torch: Any | None = None, nvml: Any | None = None
) -> list[TorchMeter]:
    """The devices to measure, one or several GPUs, with what counts their energy.

    Raises
    ------
    InputError
        If a device is missing, GPUs differ, or the protocol is not for this kind.
    """
    torch = torch or import_torch()
    if settings.protocol not in PROTOCOLS_OF[kind]:
        raise InputError(f"protocol {settings.protocol!r} is not for {kind}: {' or '.join(PROTOCOLS_OF[kind])}")
    if kind != "cuda":
        return [_processor(kind, settings, torch)]
    check_indices_of_gpus(indices, torch)
    if settings.protocol == "authors" and len(indices) > 1:
        raise InputError("protocol 'authors' measures one GPU at a time, since PyTorch has one profiler")
    return [_gpu(index, settings, torch, nvml) for index in indices]


def _gpu(index: int, settings: Settings, torch: Any, nvml: Any | None) -> TorchMeter:
    properties = torch.cuda.get_device_properties(index)
    card, reason = find_card(properties, index, nvml)
    if card is not None:
        reason = card.missing_counter()
    backend = (EagerBackend if settings.protocol == "authors" else CudaBackend)(torch, index)
    meter, reason_or_none = _energy_meter(None if reason else card, reason, settings)
    return TorchMeter(
        torch,
        backend,
        settings,
        name=f"GPU {index}",
        device_name=str(properties.name),
        card=card,
        energy=meter,
        energy_reason=reason_or_none,
    )


def _processor(kind: str, settings: Settings, torch: Any) -> TorchMeter:
    counter, reason = find_rapl() if kind == "cpu" else (None, "nothing counts the energy of this GPU")
    meter, reason_or_none = _energy_meter(counter, reason, settings)
    return TorchMeter(
        torch,
        ClockBackend(torch, kind),
        settings,
        name={"cpu": "the processor", "mps": "the GPU"}[kind],
        device_name=_processor_name(),
        energy=meter,
        energy_reason=reason_or_none,
    )


def _energy_meter(counter: Any | None, reason: str, settings: Settings) -> tuple[EnergyMeter | None, str | None]:
    if settings.protocol == "authors":
        return None, "the authors' protocol is for latency: their energies are readings of power times duration"
    if settings.energy_seconds == 0:
        return None, "it was not asked for"
    return (None, reason) if counter is None else (EnergyMeter(counter, settings.energy_seconds), None)


def _processor_name() -> str:
    """As Linux says it, or Python."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
