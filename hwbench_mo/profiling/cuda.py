"""Passes on a GPU of NVIDIA: replays of a CUDA graph between CUDA events.

Launching the kernels of a small network from Python takes longer than the kernels do. A graph is launched at once.
"""

import threading
from typing import Any

from hwbench_mo.profiling.clock import Step

CAPTURE = threading.Lock()
"""A process may capture one graph at a time, on whichever GPU."""
EAGER_PASSES = 2
"""Before a graph is captured: libraries choose their kernels and take their memory."""


class Enqueued:
    """Passes that may still run."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def done(self) -> bool:
        return bool(self._event.query())


class Replay:
    """A captured pass. The graph knows addresses alone: the network is kept for as long as the graph is."""

    def __init__(self, graph: Any, step: Step) -> None:
        self._graph = graph
        self._step = step

    def __call__(self) -> None:
        self._graph.replay()


class CudaBackend:
    """Runs passes as replays of a graph.

    One stream is used for everything: matrix products take memory for each stream that they run on, which would be
    counted as the network's.

    Parameters
    ----------
    torch
        PyTorch.
    index
        The GPU.
    """

    def __init__(self, torch: Any, index: int) -> None:
        self.cuda = torch.cuda
        self.device = torch.device("cuda", index)
        self.errors: tuple[type[BaseException], ...] = (torch.OutOfMemoryError,)
        with self.cuda.device(self.device):
            self.stream = self.cuda.Stream(self.device)

    def prepare(self, step: Step) -> Step:
        """Capture a pass; the function that replays it."""
        with self.cuda.device(self.device):
            self.synchronize()
            with self.cuda.stream(self.stream):
                for _ in range(EAGER_PASSES):
                    step()
            self.synchronize()
            graph = self.cuda.CUDAGraph()
            with CAPTURE, self.cuda.graph(graph, stream=self.stream, capture_error_mode="thread_local"):
                step()
            self.synchronize()
        return Replay(graph, step)

    def times(self, step: Step, n: int) -> list[float]:
        """Milliseconds of each of ``n`` passes, one right after the other."""
        with self.cuda.device(self.device), self.cuda.stream(self.stream):
            events = [[self.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(n)]
            for start, end in events:
                start.record()
                step()
                end.record()
        self.synchronize()
        return [float(start.elapsed_time(end)) for start, end in events]

    def enqueue(self, step: Step, n: int) -> Enqueued:
        """Launch ``n`` passes without waiting for them."""
        with self.cuda.device(self.device), self.cuda.stream(self.stream):
            for _ in range(n):
                step()
            event = self.cuda.Event()
            event.record()
        return Enqueued(event)

    def synchronize(self) -> None:
        self.cuda.synchronize(self.device)

    def start_memory(self) -> None:
        """Forget what earlier networks took."""
        self.synchronize()
        with CAPTURE:
            self.cuda.empty_cache()
        self.cuda.reset_peak_memory_stats(self.device)

    def peak_mb(self) -> float | None:
        """The most memory that was allocated since, in MB of 1e6 bytes."""
        self.synchronize()
        return float(self.cuda.max_memory_allocated(self.device)) / 1e6

    def release(self) -> None:
        """Graphs and networks are gone once nothing refers to them; here the GPU comes to rest."""
        self.synchronize()

    def is_too_large(self, error: BaseException) -> bool:
        """Whether an error says that memory is short."""
        causes = (error, error.__context__)  # of a capture that broke off, the end of the capture is the error
        return any(isinstance(one, self.errors) or "out of memory" in str(one) for one in causes)


class EagerBackend(CudaBackend):
    """As the authors timed: eager passes under PyTorch's profiler, the first one included; the sum over kernels."""

    def __init__(self, torch: Any, index: int) -> None:
        super().__init__(torch, index)
        self.profiler = torch.profiler

    def prepare(self, step: Step) -> Step:
        """The pass itself, which has not run."""
        return step

    def times(self, step: Step, n: int) -> list[float]:
        """Milliseconds that the kernels of each of ``n`` passes took."""
        kinds = self.profiler.ProfilerActivity
        found = []
        for _ in range(n):
            with (
                self.cuda.device(self.device),
                self.profiler.profile(activities=[kinds.CPU, kinds.CUDA]) as profile,
                self.profiler.record_function("model_inference"),
            ):
                step()
                self.synchronize()
            found.append(kernel_ms(profile.key_averages()))
        return found


def kernel_ms(events: Any) -> float:
    """The time of all kernels of a profile, in milliseconds: ``Self CUDA time total`` of its table."""
    return float(sum(event.self_device_time_total for event in events if _is_kernel(event))) / 1e3


def _is_kernel(event: Any) -> bool:
    return str(event.device_type).endswith("CUDA") and not getattr(event, "is_user_annotation", False)
