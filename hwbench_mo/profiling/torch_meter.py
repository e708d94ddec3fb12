"""Measures networks with PyTorch: builds them on the device, warms up, times passes, counts energy."""

import os
import platform
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hwbench_mo.network.build import build_model
from hwbench_mo.profiling.clock import Step
from hwbench_mo.profiling.counters import CHUNK_SECONDS, CounterStandsError, EnergyMeter
from hwbench_mo.profiling.meter import Reading, TooLargeError
from hwbench_mo.profiling.nvml import Card
from hwbench_mo.profiling.settings import Settings
from hwbench_mo.spaces import Architecture
from hwbench_mo.version import __version__

FIRST_SECONDS = 3.0
"""Of the whole campaign: a GPU that idled has other clocks, and is cold."""
WARM_SECONDS = 0.15
"""Before the passes of each architecture that count: the GPU idles while a network is built."""
AUTHORS_PASS_MS = 20.0
"""Roughly, of an eager pass; it decides how many are run at once before the first architecture."""
PROBED = 3
"""Passes that say how long one takes."""
BUSY_LOAD = 0.5
"""Processes that run or wait for each core of a processor, above which it is busy."""
BUSY_PERCENT = 20
"""Of the last instants in which something ran on a GPU, before anything of ours does, above which it is busy."""


class TorchMeter:
    """One device that PyTorch runs on.

    Parameters
    ----------
    torch
        PyTorch.
    backend
        Runs and times passes.
    settings
        Batch, sequence, type and protocol.
    name
        What messages call the device.
    card
        The GPU in NVML's eyes; None for other devices.
    energy
        Measures energy; None if nothing counts it.
    energy_reason
        Why nothing counts it.
    """

    def __init__(
        self,
        torch: Any,
        backend: Any,
        settings: Settings,
        *,
        name: str,
        device_name: str,
        card: Card | None = None,
        energy: EnergyMeter | None = None,
        energy_reason: str | None = None,
    ) -> None:
        self._torch = torch
        self._backend = backend
        self._settings = settings
        self.name = name
        self._device_name = device_name
        self._card = card
        self._energy = energy
        self._energy_reason = energy_reason
        generator = torch.Generator().manual_seed(0)
        shape = settings.batch, settings.sequence
        self._tokens = torch.randint(0, settings.space.vocabulary, shape, generator=generator).to(backend.device)
        self._worked = False

    @property
    def measures_energy(self) -> bool:
        return self._energy is not None

    @property
    def facts(self) -> Mapping[str, Any]:
        cuda = self._torch.version.cuda if self._backend.device.type == "cuda" else None
        return {
            "device_name": self._device_name,
            "energy": self._energy.counter.kind if self._energy else None,
            "energy_reason": self._energy_reason,
            "energy_window_s": self._energy.seconds if self._energy else None,
            "counter_period_s": self._energy.period if self._energy else None,
            "driver": self._card.driver if self._card else None,
            "clocks": self._card.clocks() if self._card else None,
            "power_limit_w": self._card.power_limit_w if self._card else None,
            "versions": {
                "hwbench_mo": __version__,
                "torch": str(self._torch.__version__),
                "python": platform.python_version(),
                **({"cuda": cuda} if cuda else {}),
            },
        }

    def others(self) -> list[str]:
        """Other processes, and load that cannot be ours because nothing of ours has run yet."""
        if self._card is not None:
            found = self._card.others()
            percent = self._card.utilisation()
            if not self._worked and not found and percent is not None and percent > BUSY_PERCENT:
                found = [f"something keeps it busy for {percent} % of the time"]
            return found
        cores = os.cpu_count() or 1
        if self._worked or self._backend.device.type != "cpu" or not hasattr(os, "getloadavg"):
            return []
        load = os.getloadavg()[0]
        return [f"a load of {load:.1f} on {cores} cores"] if load > BUSY_LOAD * cores else []

    def warm_up(self, architecture: Architecture) -> None:
        """Run for some seconds, and measure the period of the counter of energy meanwhile."""
        step, pass_ms = self._prepared(architecture)
        self._run(step, pass_ms, FIRST_SECONDS)
        if self._energy is not None:
            try:
                self._energy.probe(self._backend, step, pass_ms)
            except CounterStandsError:
                self._energy = None
                self._energy_reason = "the counter of energy stands still while the device works"
        self._backend.release()

    def measure(self, architecture: Architecture, *, energy: bool) -> Reading:
        """Latency first, after the same warm-up for all architectures; then energy, over seconds."""
        try:
            return self._measure(architecture, energy=energy)
        except Exception as error:
            if self._backend.is_too_large(error):
                raise TooLargeError(" ".join(str(error).split())[:200]) from None
            raise
        finally:
            self._backend.release()

    def _measure(self, architecture: Architecture, *, energy: bool) -> Reading:
        step, pass_ms = self._prepared(architecture)
        if self._settings.protocol != "authors":
            self._run(step, pass_ms, WARM_SECONDS)
        latency = tuple(self._backend.times(step, self._settings.passes))
        state = self._card.state() if self._card else {}
        spent = None
        if energy and self._energy is not None:
            with suppress(CounterStandsError):
                spent = self._energy.measure(self._backend, step, pass_ms)
            if self._card:
                state["at_the_end"] = self._card.state()
        return Reading(latency_ms=latency, energy_wh=spent, peak_memory_mb=self._peak, state=state)

    def _prepared(self, architecture: Architecture) -> tuple[Step, float]:
        """A pass of a new network, ready to be repeated, and how many milliseconds one takes."""
        self._worked = True
        self._backend.start_memory()
        model = build_model(architecture, device=self._backend.device, vocabulary=self._settings.space.vocabulary)
        authors = self._settings.protocol == "authors"
        model.eval().requires_grad_(authors)
        model.rotary_in_each_block = authors
        eager = self._step(model, cached=True)
        self._peak: float | None = None
        if authors:
            return self._backend.prepare(eager), AUTHORS_PASS_MS
        self._backend.synchronize()
        self._backend.enqueue(eager, 1)
        self._peak = self._backend.peak_mb()
        step = self._backend.prepare(self._step(model, cached=False))
        return step, sorted(self._backend.times(step, PROBED))[PROBED // 2]

    def _step(self, model: Any, *, cached: bool) -> Step:
        """One pass.

        Autocast keeps the weights that it converts until it ends, which a graph must not: ``cached`` says whether.
        """
        torch, kind, tokens = self._torch, self._backend.device.type, self._tokens
        dtype = getattr(torch, self._settings.dtype)
        lower = self._settings.dtype != "float32"

        def step() -> None:
            with (
                torch.set_grad_enabled(self._settings.protocol == "authors"),
                torch.autocast(kind, dtype=dtype if lower else None, enabled=lower, cache_enabled=cached),
            ):
                model(tokens)

        return step

    def _run(self, step: Step, pass_ms: float, seconds: float) -> None:
        chunk = max(1, round(CHUNK_SECONDS * 1e3 / pass_ms))
        end = time.perf_counter() + seconds
        while True:
            self._backend.enqueue(step, chunk)
            self._backend.synchronize()
            if time.perf_counter() >= end:
                return
