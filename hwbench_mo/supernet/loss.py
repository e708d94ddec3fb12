"""Next-token losses from the last hidden state, in chunks: logits of all tokens are never in memory at once."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from hwbench_mo.network.transformer import Transformer, rotary_angles

CHUNK = 8192
"""Tokens whose logits are in memory at once."""


class Teacher(NamedTuple):
    """Of whom a student learns beside the text: the last hidden state ``[n, width]``, the head's weight, a share."""

    hidden: Tensor
    weight: Tensor
    share: float


RunBlock = Callable[[Any, Tensor, tuple[Tensor, Tensor]], Tensor]


def run_block(block: Any, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """One layer: ``[batch, sequence, width]``."""
    y: Tensor = block(x, angles)
    return y


def hidden_states(network: Transformer, tokens: Tensor, run: RunBlock = run_block) -> Tensor:
    """``[batch, sequence, width]``; what the head of a network is applied to."""
    x = network.embedding(tokens)
    angles = rotary_angles(tokens.shape[1], tokens.device)
    for block in network.blocks:
        x = run(block, x, angles)
    y: Tensor = network.norm(x)
    return y


def mean_loss(hidden: Tensor, weight: Tensor, targets: Tensor, *, teacher: Teacher | None = None) -> Tensor:
    """Mean cross-entropy, nats a token, that gradients flow through; logits in the type of autocast, sums in float32.

    Parameters
    ----------
    hidden
        ``[batch, sequence, width]``.
    weight
        ``[vocabulary, width]``; of the head.
    targets
        ``[batch, sequence]``; the tokens that follow.
    teacher
        With share a, the target of each token is (1 - a) times the token that follows plus a times the teacher's
        distribution (Hinton et al., 2015, at temperature 1).
    """
    flat = hidden.reshape(-1, hidden.shape[-1])
    loss: Tensor = _CrossEntropy.apply(flat, weight, targets.reshape(-1), teacher, matmul_type(hidden.device))
    return loss


def matmul_type(device: torch.device) -> torch.dtype:
    """The type of matrix products: that of autocast where it is on."""
    enabled = torch.is_autocast_enabled(device.type)
    return torch.get_autocast_dtype(device.type) if enabled else torch.float32


class _CrossEntropy(torch.autograd.Function):
    """Gradients are computed with the loss: logits are made once, and dropped chunk by chunk."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, teacher: Teacher | None, dtype: torch.dtype
    ) -> Tensor:
        device = hidden.device.type
        with torch.autocast(device, enabled=False):
            states, matrix = hidden.to(dtype), weight.to(dtype)
            total = torch.zeros((), device=hidden.device)
            to_hidden, to_weight = torch.empty_like(states), torch.zeros_like(weight, dtype=torch.float32)
            for start in range(0, len(states), CHUNK):
                part = slice(start, start + CHUNK)
                logits = (states[part] @ matrix.t()).float()
                sums = torch.logsumexp(logits, dim=1, keepdim=True)
                label = targets[part, None]
                right = sums - logits.gather(1, label)
                share = teacher.share if teacher else 0.0
                total += (1 - share) * right.sum()
                slope = torch.exp(logits - sums)
                if teacher:
                    soft = (teacher.hidden[part].to(dtype) @ teacher.weight.to(dtype).t()).float().softmax(dim=1)
                    total += share * (soft * (sums - logits)).sum()
                    slope -= share * soft
                slope.scatter_add_(1, label, torch.full_like(right, share - 1.0))
                slope = slope.to(dtype)
                to_hidden[part] = slope @ matrix
                to_weight += slope.t() @ states[part]
        ctx.save_for_backward(to_hidden, to_weight)
        ctx.types = hidden.dtype
        ctx.n = len(states)
        return total / len(states)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        to_hidden, to_weight = ctx.saved_tensors
        scale = slopes[0] / ctx.n
        return (to_hidden.to(ctx.types) * scale).to(ctx.types), to_weight * scale, None, None, None


@torch.no_grad()
def token_losses(hidden: Tensor, weight: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """``[batch, sequence]`` each: cross-entropy of every token in float32, and whether the token was the likeliest."""
    flat, labels = hidden.reshape(-1, hidden.shape[-1]), targets.reshape(-1)
    losses, right = torch.empty(len(flat), device=flat.device), torch.empty_like(labels, dtype=torch.bool)
    for start in range(0, len(flat), CHUNK):
        part = slice(start, start + CHUNK)
        logits = functional.linear(flat[part], weight).float()
        losses[part] = functional.cross_entropy(logits, labels[part], reduction="none")
        right[part] = logits.argmax(dim=1) == labels[part]
    return losses.reshape(targets.shape), right.reshape(targets.shape)
