"""The decoder-only transformer that the benchmark is about, in plain PyTorch.

As its authors measured it (Sukthanker et al., 2024), after GPT-NeoX: blocks with pre-normalisation whose attention and
MLP stand in parallel, ``x + attention(norm_1(x)) + mlp(norm_2(x))``; heads of 64 whatever the width; rotary positions
(Su et al., 2021) on the first quarter of each head; a gated MLP of three matrices (Shazeer, 2020); LayerNorm with
epsilon 1e-5, weights and biases; an output matrix of its own, without bias. ``bias`` of an architecture is that of the
linear layers inside the blocks.

This file imports PyTorch alone, because exported folders hold a copy of it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD_SIZE = 64
ROTATED = 16
"""Elements of a head that rotate: a quarter, as in the authors' profiling; their supernet was trained with half."""
ROTARY_BASE = 10_000
EPSILON = 1e-5
INITIAL_STD = 0.02


class Transformer(nn.Module):
    """Tokens ``[batch, sequence]`` to logits ``[batch, sequence, vocabulary]``.

    ``mlp_ratio`` and ``n_head`` have one entry a layer.
    """

    def __init__(
        self, *, embed_dim: int, mlp_ratio: Sequence[int], n_head: Sequence[int], bias: bool, vocabulary: int
    ) -> None:
        super().__init__()
        self.rotary_in_each_block = False
        """Whether blocks compute the angles of rotation anew, as the authors' do, and not once a pass."""
        self.embedding = nn.Embedding(vocabulary, embed_dim)
        layers = zip(mlp_ratio, n_head, strict=True)
        self.blocks = nn.ModuleList(Block(embed_dim, ratio, heads, bias) for ratio, heads in layers)
        self.norm = nn.LayerNorm(embed_dim, eps=EPSILON)
        self.head = nn.Linear(embed_dim, vocabulary, bias=False)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Logits. ``mask``, boolean ``[batch, 1, sequence, sequence]``, says which tokens (last axis) one sees.

        Without a mask each token sees itself and those before it.
        """
        x = self.embedding(tokens)
        angles = None if self.rotary_in_each_block else rotary_angles(tokens.shape[1], tokens.device)
        for block in self.blocks:
            x = block(x, angles, mask)
        logits: Tensor = self.head(self.norm(x))
        return logits


class Block(nn.Module):
    """One layer: attention and MLP side by side, each with a norm of its own."""

    def __init__(self, width: int, mlp_ratio: int, n_head: int, bias: bool) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(width, eps=EPSILON)
        self.attention = CausalAttention(width, n_head, bias)
        self.norm_2 = nn.LayerNorm(width, eps=EPSILON)
        self.mlp = GatedMLP(width, mlp_ratio * width, bias)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor] | None = None, mask: Tensor | None = None) -> Tensor:
        if angles is None:
            angles = rotary_angles(x.shape[1], x.device)
        attended = self.attention(self.norm_1(x), *angles, mask)
        y: Tensor = self.mlp(self.norm_2(x)) + attended + x
        return y


class CausalAttention(nn.Module):
    """Causal self-attention of ``n_head`` heads of 64; queries, keys and values of a head stand next to each other."""

    def __init__(self, width: int, n_head: int, bias: bool) -> None:
        super().__init__()
        self.n_head = n_head
        self.input = nn.Linear(width, 3 * n_head * HEAD_SIZE, bias=bias)
        self.output = ToResidual(n_head * HEAD_SIZE, width, bias=bias)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None = None) -> Tensor:
        n_batch, n_tokens, _ = x.shape
        heads = self.input(x).view(n_batch, n_tokens, self.n_head, 3, HEAD_SIZE)
        q, k, v = heads.permute(3, 0, 2, 1, 4).unbind(0)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        answer: Tensor = self.output(y.transpose(1, 2).reshape(n_batch, n_tokens, self.n_head * HEAD_SIZE))
        return answer


class GatedMLP(nn.Module):
    """``output(silu(gate(x)) * input(x))``."""

    def __init__(self, width: int, hidden: int, bias: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=bias)
        self.input = nn.Linear(width, hidden, bias=bias)
        self.output = ToResidual(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(functional.silu(self.gate(x)) * self.input(x))
        return y


class ToResidual(nn.Linear):
    """A linear layer whose output is added to the residual stream; its first weights are smaller."""


def rotary_angles(n_tokens: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines ``[n_tokens, ROTATED]`` of the angle of each position and pair of elements."""
    pair = torch.arange(0, ROTATED, 2, device=device, dtype=torch.float32)
    angle = torch.outer(torch.arange(n_tokens, device=device), 1.0 / ROTARY_BASE ** (pair / ROTATED)).repeat(1, 2)
    return torch.cos(angle), torch.sin(angle)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the first elements of heads ``[batch, head, token, HEAD_SIZE]``; the type of ``x`` is kept."""
    turned, rest = x[..., :ROTATED], x[..., ROTATED:]
    left, right = turned.chunk(2, dim=-1)
    turned = turned * cos + torch.cat((-right, left), dim=-1) * sin
    return torch.cat((turned.to(x.dtype), rest), dim=-1)


def initialise(module: nn.Module, *, n_layer: int, generator: torch.Generator | None = None) -> None:
    """Draw the weights of one module, without those of modules within it, as GPT-2 does (Radford et al., 2019).

    Weights are drawn from N(0, 0.02²), and those that write to the residual stream from N(0, 0.02² / (2 n_layer)):
    every layer adds an attention and an MLP to the stream. Biases are 0.
    """
    if isinstance(module, nn.LayerNorm):
        nn.init.ones_(module.weight)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear | nn.Embedding):
        divisor = (2 * n_layer) ** 0.5 if isinstance(module, ToResidual) else 1.0
        nn.init.normal_(module.weight, 0.0, INITIAL_STD / divisor, generator=generator)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
