"""What a training needs of PyTorch: the optimizer, autocast, compiled layers, and backward passes through views."""

import warnings
from typing import Any

import torch
from torch import Tensor

from hwbench_mo.supernet.elastic import Supernet
from hwbench_mo.supernet.loss import RunBlock, run_block
from hwbench_mo.supernet.settings import Settings


def make_optimizer(supernet: Supernet, settings: Settings) -> Any:
    """AdamW (Loshchilov and Hutter, 2019), in which matrices decay, and neither biases nor norms."""
    weights = list(supernet.whole.parameters())
    groups = [
        {"params": [one for one in weights if one.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [one for one in weights if one.ndim < 2], "weight_decay": 0.0},
    ]
    betas = settings.beta_1, settings.beta_2
    return torch.optim.AdamW(
        groups, lr=settings.learning_rate, betas=betas, fused=supernet.device.type == "cuda" or None
    )


def compiled(what: str) -> RunBlock:
    """How layers run that are to be compiled."""
    if what == "none":
        return run_block
    compiled: RunBlock = torch.compile(run_block, dynamic=what == "all")
    return compiled


def autocast(device: torch.device, dtype: str) -> Any:
    """A context in which matrix products have a type."""
    lower = dtype != "float32"
    return torch.autocast(device.type, dtype=getattr(torch, dtype) if lower else None, enabled=lower)


def backward(loss: Tensor) -> None:
    """Add the gradients of a loss to those that are there."""
    with warnings.catch_warnings():
        # Gradients of slices are views of the supernet's, with its strides, and not contiguous: that is the purpose.
        warnings.filterwarnings("ignore", message="grad and param do not obey")
        loss.backward()
