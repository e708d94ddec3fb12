"""Parameters, MACs and FLOPs: exact functions of the architecture, written as additive tables.

With V = vocabulary, E = embed_dim, L = n_layer, H = sum of n_head, M = sum of mlp_ratio, b = bias and B sequences a
pass::

    linear = V E + 256 H E + 3 M E^2
    params = linear + V E + 2 E (2 L + 1) + b (192 H + 2 M E + 2 L E)
    macs   = 1024 B linear
    flops  = 2 macs + 1024 B (5 E (2 L + 1) + E M)

The head size is 64 whatever E is, and the MLP is gated (three matrices). Every value is an integer up to 2^53, hence
exact in float64; a space that goes beyond is refused.
"""

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel

SEQUENCE_LENGTH = 1024
MOST = 2.0**53
"""Integers up to here are exact in float64."""


def closed_form(space: SearchSpace, metric: str) -> AdditiveModel:
    """The additive model of ``params``, ``macs`` or ``flops`` on any space.

    >>> from hwbench_mo.spaces import get_space
    >>> closed_form(get_space("gpt_s"), "params").base[0, 0]
    array([19305600., 19306368., 19307136.])
    """
    # Axes e, b, l for the base and e, b, c for the layers.
    embed = np.array(space.embed_dim, dtype=np.float64)[:, None, None]
    bias = np.array(space.bias, dtype=np.float64)[None, :, None]
    depth = np.array(space.n_layer, dtype=np.float64)[None, None, :]
    ratio = np.array(space.mlp_ratio, dtype=np.float64)[None, None, :]
    heads = np.array(space.n_head, dtype=np.float64)[None, None, :]
    tokens = SEQUENCE_LENGTH * space.batch_size
    if metric == "params":
        base = 2 * space.vocabulary * embed + 2 * embed * (2 * depth + 1) + bias * 2 * depth * embed
        mlp = 3 * ratio * embed**2 + bias * 2 * ratio * embed
        head = 256 * heads * embed + bias * 192 * heads
    elif metric == "macs":
        base = tokens * space.vocabulary * embed
        mlp = tokens * 3 * ratio * embed**2
        head = tokens * 256 * heads * embed
    elif metric == "flops":
        base = tokens * (2 * space.vocabulary * embed + 5 * embed * (2 * depth + 1))
        mlp = tokens * (6 * ratio * embed**2 + embed * ratio)
        head = tokens * 512 * heads * embed
    else:
        raise ValueError(f"no closed form for {metric!r}")
    largest = base.max() + space.n_slots * (mlp.max() + head.max())
    if not largest <= MOST:
        raise InputError(f"{metric} of space {space.name!r} is up to {largest:.3g}, but is exact up to 2^53 alone")
    e, b = len(space.embed_dim), len(space.bias)
    return AdditiveModel(
        base=np.broadcast_to(base, (e, b, len(space.n_layer))),
        mlp=np.broadcast_to(mlp, (e, b, len(space.mlp_ratio)))[:, :, None],
        head=np.broadcast_to(head, (e, b, len(space.n_head)))[:, :, None],
    )
