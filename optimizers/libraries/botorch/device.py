"""Where a model-based optimizer computes: on the processor, or on a GPU that torch finds."""

import re
from typing import Any

import torch

from hwbench_mo import InputError


def device_named(device: Any) -> torch.device:
    """The device ``cpu``, ``cuda`` or ``cuda:N``.

    >>> device_named("cpu")
    device(type='cpu')
    >>> device_named("gpu")
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: device is 'gpu', but must be cpu, cuda or cuda:N, the number of a GPU

    Raises
    ------
    InputError
        If it has another name, or torch finds no such GPU.
    """
    if not isinstance(device, str) or not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?", device):
        raise InputError(f"device is {device!r}, but must be cpu, cuda or cuda:N, the number of a GPU")
    found = torch.device(device)
    n_gpus = torch.cuda.device_count() if found.type == "cuda" else 0
    if found.type == "cuda" and (found.index or 0) >= n_gpus:
        raise InputError(f"device is {device!r}, but torch finds {n_gpus or 'no'} GPU: use device=cpu")
    return found
