"""Calls of torch that leave its state as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import gpytorch
import torch


@contextmanager
def isolated_torch(seed: int, device: torch.device | None = None) -> Iterator[None]:
    """One thread, exact linear algebra and seeded generators; all are restored afterwards.

    More threads on busy cores make a fit ten times slower.

    >>> draws = []
    >>> for _ in range(2):
    ...     with isolated_torch(0):
    ...         draws.append(torch.rand(1).item())
    >>> draws[0] == draws[1]
    True
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        on_gpu = device is not None and device.type == "cuda"
        with torch.random.fork_rng(devices=[device] if on_gpu else []), gpytorch.settings.max_cholesky_size(10**6):
            torch.random.default_generator.manual_seed(seed)
            with torch.cuda.device(device if on_gpu else -1):
                if on_gpu:
                    torch.cuda.manual_seed(seed)
                yield
    finally:
        torch.set_num_threads(n_threads)
