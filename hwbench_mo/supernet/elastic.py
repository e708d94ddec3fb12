"""A network whose leading parts are networks themselves: the supernet, and the sub-networks that it holds.

The conventions are those of the authors' supernet (Sukthanker et al., 2024): a sub-network has the first layers, the
leading elements of the residual stream, the leading heads of each layer (query, key and value of a head stand next to
each other) and the leading hidden units of each MLP. Without bias, the biases of the linear layers inside blocks are
left out. So each weight of a sub-network is the leading block of a weight of the supernet.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from hwbench_mo.errors import InputTypeError
from hwbench_mo.network.build import build_model
from hwbench_mo.network.transformer import HEAD_SIZE, Block, Transformer
from hwbench_mo.spaces import Architecture, SearchSpace


class Supernet:
    """All networks of a space in one set of weights.

    Called with tokens ``[batch, sequence]`` it gives logits ``[batch, sequence, vocabulary]`` of the sub-network that
    was selected last, at first of the largest. A selected sub-network shares memory with the supernet: its weights are
    views of the supernet's.

    Parameters
    ----------
    space
        Whose architectures it holds.
    device
        Where the weights are.
    seed
        Of the first weights; see `hwbench_mo.build_model`.

    Attributes
    ----------
    whole
        The largest network: the weights of all others are parts of its weights.
    network
        The sub-network that was selected last.

    Examples
    --------
    >>> space = SearchSpace(
    ...     name="toy", embed_dim=(8, 16), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2), vocabulary=32
    ... )
    >>> supernet = Supernet(space)
    >>> small = Architecture(embed_dim=8, n_layer=1, mlp_ratio=(2,), n_head=(1,), bias=False)
    >>> tokens = torch.arange(12).reshape(2, 6)
    >>> bool((supernet.select(small)(tokens) == supernet.extract(small)(tokens)).all())
    True
    """

    def __init__(self, space: SearchSpace, *, device: "str | torch.device" = "cpu", seed: int = 0) -> None:
        self.space = space
        self.whole: Transformer = build_model(largest(space), device=device, seed=seed, vocabulary=space.vocabulary)
        self.network: Transformer = build_model(largest(space), device="meta", vocabulary=space.vocabulary)
        self.architecture = largest(space)
        self.gradient: Tensor | None = None
        """All gradients, flat, once they are attached."""
        self._blocks: list[Block] = list(self.network.blocks)
        self.select(self.architecture)

    def __call__(self, tokens: Tensor) -> Tensor:
        logits: Tensor = self.network(tokens)
        return logits

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        place: torch.device = self.whole.head.weight.device
        return place

    def attach_gradients(self) -> Tensor:
        """Make one buffer of zeros for all gradients: backward passes of any selected sub-network add to it.

        Gradients of the supernet's weights are views of the buffer, and those of a selected sub-network views of
        these, so that nothing of the supernet's size is touched when the sub-network is small.
        """
        weights = list(self.whole.parameters())
        self.gradient = torch.zeros(sum(one.numel() for one in weights), device=self.device)
        at = 0
        for one in weights:
            one.grad = self.gradient[at : at + one.numel()].view_as(one)
            at += one.numel()
        return self.gradient

    def select(self, architecture: Architecture) -> Transformer:
        """The sub-network of an architecture, in place: a view that the next selection changes.

        Raises
        ------
        InputError
            If the architecture is not of the space.
        """
        self._refuse_foreign(architecture)
        for place, source, shape, has_bias in self._parts(architecture):
            place.weight = self._part(source.weight, shape)
            place.bias = self._part(source.bias, shape[:1]) if has_bias else None
            if isinstance(place, nn.LayerNorm):
                place.normalized_shape = shape
            elif isinstance(place, nn.Linear):
                place.out_features, place.in_features = shape
        layers = self._blocks[: architecture.n_layer]
        self.network.blocks = nn.ModuleList(layers)
        for block, heads in zip(layers, architecture.n_head, strict=True):
            block.attention.n_head = heads
        self.architecture = architecture
        return self.network

    def extract(self, architecture: Architecture) -> Transformer:
        """A network of its own with a copy of the sub-network's weights: what `hwbench_mo.build_model` gives.

        Raises
        ------
        InputError
            If the architecture is not of the space.
        """
        self._refuse_foreign(architecture)
        network: Transformer = build_model(architecture, device="meta", vocabulary=self.space.vocabulary)
        network.to_empty(device=self.device)
        with torch.no_grad():
            weights = dict(self.whole.named_parameters())
            for name, one in network.named_parameters():
                one.copy_(leading(weights[name], one.shape))
        return network

    def _parts(self, architecture: Architecture) -> Iterator[tuple[Any, Any, tuple[int, ...], bool]]:
        """Each module of the sub-network, the supernet's, the shape of its weight, and whether it has a bias."""
        width, bias = architecture.embed_dim, architecture.bias
        to, whole = self.network, self.whole
        yield to.head, whole.head, (self.space.vocabulary, width), False
        yield to.norm, whole.norm, (width,), True
        to.embedding.weight = self._part(whole.embedding.weight, (self.space.vocabulary, width))
        layers = zip(self._blocks, whole.blocks, architecture.mlp_ratio, architecture.n_head, strict=False)
        for block, source, ratio, heads in layers:
            hidden, attended = ratio * width, heads * HEAD_SIZE
            yield block.norm_1, source.norm_1, (width,), True
            yield block.attention.input, source.attention.input, (3 * attended, width), bias
            yield block.attention.output, source.attention.output, (width, attended), bias
            yield block.norm_2, source.norm_2, (width,), True
            yield block.mlp.gate, source.mlp.gate, (hidden, width), bias
            yield block.mlp.input, source.mlp.input, (hidden, width), bias
            yield block.mlp.output, source.mlp.output, (width, hidden), bias

    def _part(self, weight: nn.Parameter, shape: tuple[int, ...]) -> nn.Parameter:
        part = nn.Parameter(leading(weight.detach(), shape), requires_grad=self.gradient is not None)
        if self.gradient is not None:
            part.grad = leading(weight.grad, shape)
        return part

    def _refuse_foreign(self, architecture: Architecture) -> None:
        if not isinstance(architecture, Architecture):
            raise InputTypeError(f"architecture is {architecture!r}, but must be an Architecture; decode codes first")
        self.space.encode(architecture)


def leading(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The leading block of that shape, as a view."""
    return weight[tuple(slice(0, n) for n in shape)]


def largest(space: SearchSpace) -> Architecture:
    """The architecture of a space with the greatest of every choice."""
    return _corner(space, -1)


def smallest(space: SearchSpace) -> Architecture:
    """The architecture of a space with the least of every choice."""
    return _corner(space, 0)


def _corner(space: SearchSpace, end: int) -> Architecture:
    depth = space.n_layer[end]
    return Architecture(
        embed_dim=space.embed_dim[end],
        n_layer=depth,
        mlp_ratio=(space.mlp_ratio[end],) * depth,
        n_head=(space.n_head[end],) * depth,
        bias=space.bias[end],
    )
