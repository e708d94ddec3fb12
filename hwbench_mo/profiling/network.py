"""The decoder-only transformer that the benchmark is about, in plain PyTorch.

As its authors measured it (Sukthanker et al., 2024), after GPT-NeoX: blocks with pre-normalisation whose attention and
MLP stand in parallel, ``x + attention(norm_1(x)) + mlp(norm_2(x))``; heads of 64 whatever the width; rotary positions
(Su et al., 2021) on the first quarter of each head; a gated MLP of three matrices (Shazeer, 2020); LayerNorm with
epsilon 1e-5, weights and biases; an output matrix of its own, without bias. ``bias`` of an architecture is that of the
linear layers inside the blocks.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from hwbench_mo.spaces import Architecture
from hwbench_mo.surrogates.closed_forms import VOCABULARY

HEAD_SIZE = 64
ROTATED = 16
"""Elements of a head that rotate: a quarter, as in the authors' profiling; their supernet was trained with half."""
ROTARY_BASE = 10_000
EPSILON = 1e-5
INITIAL_STD = 0.02


class Transformer(nn.Module):
    """Tokens ``[batch, sequence]`` to logits ``[batch, sequence, VOCABULARY]``."""

    def __init__(self, architecture: Architecture, *, device: torch.device, seed: int = 0) -> None:
        super().__init__()
        width, bias = architecture.embed_dim, architecture.bias
        self.rotary_in_each_block = False
        """Whether blocks compute the angles of rotation anew, as the authors' do, and not once a pass."""
        # Modules without memory first: their default initialisation would draw every weight once more.
        with torch.device("meta"):
            self.embedding = nn.Embedding(VOCABULARY, width)
            layers = zip(architecture.mlp_ratio, architecture.n_head, strict=True)
            self.blocks = nn.ModuleList(Block(width, ratio, heads, bias) for ratio, heads in layers)
            self.norm = nn.LayerNorm(width, eps=EPSILON)
            self.head = nn.Linear(width, VOCABULARY, bias=False)
        self.to_empty(device=device)
        if device.type != "meta":
            self._initialise(torch.Generator(device).manual_seed(seed))

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
            elif isinstance(module, nn.Linear | nn.Embedding):
                module.weight.normal_(0.0, INITIAL_STD, generator=generator)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    module.bias.zero_()

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens)
        angles = None if self.rotary_in_each_block else rotary_angles(tokens.shape[1], tokens.device)
        for block in self.blocks:
            x = block(x, angles)
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

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor] | None) -> Tensor:
        if angles is None:
            angles = rotary_angles(x.shape[1], x.device)
        attended = self.attention(self.norm_1(x), *angles)
        y: Tensor = self.mlp(self.norm_2(x)) + attended + x
        return y


class CausalAttention(nn.Module):
    """Causal self-attention of ``n_head`` heads of 64; queries, keys and values of a head stand next to each other."""

    def __init__(self, width: int, n_head: int, bias: bool) -> None:
        super().__init__()
        self.n_head = n_head
        self.input = nn.Linear(width, 3 * n_head * HEAD_SIZE, bias=bias)
        self.output = nn.Linear(n_head * HEAD_SIZE, width, bias=bias)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        n_batch, n_tokens, _ = x.shape
        heads = self.input(x).view(n_batch, n_tokens, self.n_head, 3, HEAD_SIZE)
        q, k, v = heads.permute(3, 0, 2, 1, 4).unbind(0)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        answer: Tensor = self.output(y.transpose(1, 2).reshape(n_batch, n_tokens, self.n_head * HEAD_SIZE))
        return answer


class GatedMLP(nn.Module):
    """``output(silu(gate(x)) * input(x))``."""

    def __init__(self, width: int, hidden: int, bias: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=bias)
        self.input = nn.Linear(width, hidden, bias=bias)
        self.output = nn.Linear(hidden, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(functional.silu(self.gate(x)) * self.input(x))
        return y


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
