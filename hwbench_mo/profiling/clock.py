"""Passes timed by the clock of the processor: for processors, and for GPUs without CUDA, such as Apple's."""

import time
from collections.abc import Callable
from typing import Any

Step = Callable[[], None]


class Finished:
    """Passes that have run."""

    def done(self) -> bool:
        return True


class ClockBackend:
    """Runs passes one by one and waits for each.

    Parameters
    ----------
    torch
        PyTorch.
    kind
        ``cpu`` or ``mps``.
    """

    def __init__(self, torch: Any, kind: str) -> None:
        self.torch = torch
        self.device = torch.device(kind)

    def prepare(self, step: Step) -> Step:
        """The pass itself, once it has run for the first time."""
        step()
        self.synchronize()
        return step

    def times(self, step: Step, n: int) -> list[float]:
        """Milliseconds of each of ``n`` passes."""
        found = []
        for _ in range(n):
            start = time.perf_counter()
            step()
            self.synchronize()
            found.append((time.perf_counter() - start) * 1e3)
        return found

    def enqueue(self, step: Step, n: int) -> Finished:
        """Run ``n`` passes."""
        for _ in range(n):
            step()
        self.synchronize()
        return Finished()

    def synchronize(self) -> None:
        if self.device.type == "mps":
            self.torch.mps.synchronize()

    def start_memory(self) -> None:
        """Processors have no allocator that counts."""

    def peak_mb(self) -> float | None:
        return None

    def release(self) -> None:
        if self.device.type == "mps":
            self.torch.mps.empty_cache()

    def is_too_large(self, error: BaseException) -> bool:
        """Whether an error says that memory is short."""
        return isinstance(error, MemoryError) or "alloc" in str(error) or "out of memory" in str(error)
