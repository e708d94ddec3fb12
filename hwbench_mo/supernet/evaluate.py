"""Perplexity and next-token accuracy of a network on a fixed held-out text, with standard errors over documents."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hwbench_mo.errors import InputError
from hwbench_mo.network.transformer import Transformer
from hwbench_mo.supernet.corpus import Split
from hwbench_mo.supernet.loss import RunBlock, hidden_states, run_block, token_losses
from hwbench_mo.typing import Floats, Ints


@dataclass(frozen=True)
class Quality:
    """Of one network on one text. Standard errors are NaN where there is one document alone."""

    loss: float
    """Mean cross-entropy, nats a token; perplexity is its exponential."""
    loss_error: float
    accuracy: float
    """Share of tokens that were the likeliest by the network."""
    accuracy_error: float
    finite: bool = True


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A text in sequences that do not overlap, each token predicted from those before it in its sequence."""

    inputs: Tensor
    """int64 ``[sequences, sequence]``."""
    targets: Tensor
    """int64 ``[sequences, sequence]``; the tokens that follow."""
    first: Ints
    """``[documents]``; at which target each document begins, in the order of targets."""

    @staticmethod
    def of(split: Split, *, sequence: int, tokens: int | None = None, device: torch.device | str = "cpu") -> "HeldOut":
        """The first so many tokens of a split, down to a whole number of sequences; by default all.

        Raises
        ------
        InputError
            If the text is shorter than one sequence.
        """
        n = len(split.tokens) - 1 if tokens is None else min(tokens, len(split.tokens) - 1)
        rows = n // sequence
        if rows < 1:
            raise InputError(
                f"the held-out text has {max(0, n)} tokens, but a sequence needs {sequence + 1}: hold out more of it"
            )
        stream = torch.from_numpy(np.asarray(split.tokens[: rows * sequence + 1]).astype(np.int64)).to(device)
        starts = np.maximum(split.starts - 1, 0)
        first = np.unique(starts[starts < rows * sequence])
        shape = rows, sequence
        return HeldOut(stream[:-1].view(shape), stream[1:].view(shape), first)

    @property
    def n_tokens(self) -> int:
        """Tokens that are predicted."""
        return int(self.targets.numel())


@torch.no_grad()
def evaluate(
    network: Transformer, text: HeldOut, *, batch: int, dtype: str = "float32", run: RunBlock = run_block
) -> Quality:
    """Loss and accuracy of a network, in passes of ``batch`` sequences."""
    kind = text.inputs.device.type
    losses, right = [], []
    with torch.autocast(kind, dtype=getattr(torch, dtype) if dtype != "float32" else None, enabled=dtype != "float32"):
        for rows in range(0, len(text.inputs), batch):
            part = slice(rows, rows + batch)
            hidden = hidden_states(network, text.inputs[part], run)
            lost, hit = token_losses(hidden, network.head.weight, text.targets[part])
            losses.append(lost)
            right.append(hit)
    loss, loss_error = _mean(torch.cat(losses).flatten().cpu().numpy(), text.first)
    accuracy, accuracy_error = _mean(torch.cat(right).flatten().cpu().numpy(), text.first)
    return Quality(loss, loss_error, accuracy, accuracy_error, bool(np.isfinite(loss)))


def _mean(values: Floats, first: Ints) -> tuple[float, float]:
    """The mean over tokens, and its standard error, of a ratio of sums over documents (Cochran, 1977)."""
    sums = np.add.reduceat(values.astype(np.float64), first)
    sizes = np.diff([*first, len(values)])
    mean = sums.sum() / sizes.sum()
    d = len(sums)
    if d < 2:
        return float(mean), float("nan")
    deviation = sums - mean * sizes
    return float(mean), float(np.sqrt(d / (d - 1) * (deviation**2).sum()) / sizes.sum())
