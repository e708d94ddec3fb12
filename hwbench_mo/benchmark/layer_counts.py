"""What a metric that is a function of counts is told of architectures: how many layers take each choice."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Space
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.typing import Bools, Codes, Floats, Ints, read_only

HEAD_SIZE = 64
"""Of each head, whatever the width."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerCounts:
    """n architectures, without the order of their layers: width, depth, bias, and how many layers take each choice.

    All latencies and energies, parameters, MACs and FLOPs are functions of these alone.

    Parameters
    ----------
    space
        Whose choices are counted: ``space.mlp_ratio`` and ``space.n_head`` are the choices by column, and
        ``space.vocabulary`` and ``space.batch_size`` hold for all.
    embed_dim, n_layer
        ``[n]`` integers; the width and the number of layers.
    bias
        ``[n]``; whether the layers have biases.
    mlp_ratio
        ``[n, c]`` integers; how many layers take each of the c choices of ``space.mlp_ratio``. A row sums to n_layer.
    n_head
        ``[n, c]`` integers; how many layers take each of the c choices of ``space.n_head``.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> space = hb.SearchSpace(name="tiny", embed_dim=(64,), n_layer=(3,), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> layers = hb.Architecture(embed_dim=64, n_layer=3, mlp_ratio=(2, 4, 4), n_head=(1, 1, 1), bias=True)
    >>> counts = hb.LayerCounts.of(space, space.encode([layers]))
    >>> counts.mlp_ratio, counts.n_head
    (array([[1, 2]]), array([[3, 0]]))
    >>> counts.total_mlp_ratio, counts.total_heads
    (array([10]), array([3]))
    """

    space: Space
    embed_dim: Ints
    n_layer: Ints
    bias: Bools
    mlp_ratio: Ints
    n_head: Ints

    def __len__(self) -> int:
        return len(self.embed_dim)

    def __repr__(self) -> str:
        return f"LayerCounts(of {len(self):,} architectures of {self.space.name!r})"

    @staticmethod
    def of(space: Space, codes: Codes, /) -> "LayerCounts":
        """Of codes ``[n, d]`` of a space."""
        mlp, head = space.counts(codes)
        return LayerCounts.of_choices(space, codes[:, EMBED_DIM], codes[:, BIAS], codes[:, N_LAYER], mlp, head)

    @staticmethod
    def of_choices(space: Space, e: Ints, b: Ints, depth: Ints, mlp: Ints, head: Ints) -> "LayerCounts":
        """Of indices of embed_dim, bias and n_layer ``[n]``, and counts ``[n, c]``."""
        return LayerCounts(
            space=space,
            embed_dim=read_only(np.array(space.embed_dim, dtype=np.int64)[e]),
            n_layer=read_only(np.array(space.n_layer, dtype=np.int64)[depth]),
            bias=read_only(np.array(space.bias, dtype=bool)[b]),
            mlp_ratio=read_only(mlp),
            n_head=read_only(head),
        )

    def take(self, rows: Ints) -> "LayerCounts":
        """Some of them, in another order."""
        names = ("embed_dim", "n_layer", "bias", "mlp_ratio", "n_head")
        return LayerCounts(space=self.space, **{name: read_only(getattr(self, name)[rows]) for name in names})

    @property
    def total_heads(self) -> Ints:
        """``[n]``; the heads of all layers; each is `HEAD_SIZE` = 64 wide."""
        return np.asarray(self.n_head @ np.array(self.space.n_head, dtype=np.int64))

    @property
    def total_mlp_ratio(self) -> Ints:
        """``[n]``; the sum of mlp_ratio over the layers."""
        return np.asarray(self.mlp_ratio @ np.array(self.space.mlp_ratio, dtype=np.int64))

    def sum_of(self, *, mlp_ratio: object = None, n_head: object = None) -> Floats:
        """``[n]``; the sum over the layers of what a layer of each choice adds: of metrics that are a table.

        Parameters
        ----------
        mlp_ratio
            ``[c]`` numbers, one for each choice of ``space.mlp_ratio``; or ``[n, c]``, where it depends on the width,
            say. None adds nothing.
        n_head
            Likewise, for ``space.n_head``.

        Examples
        --------
        >>> import hwbench_mo as hb
        >>> space = hb.SearchSpace(name="tiny", embed_dim=(64,), n_layer=(3,), mlp_ratio=(2, 4), n_head=(1, 2))
        >>> counts = hb.LayerCounts.of(space, np.array([[0, 0, 0, 0, 1, 1, 0, 0, 0]]))
        >>> counts.sum_of(mlp_ratio=[0.5, 1.5])
        array([3.5])
        """
        total = np.zeros(len(self))
        for name, table, counts in (("mlp_ratio", mlp_ratio, self.mlp_ratio), ("n_head", n_head, self.n_head)):
            if table is None:
                continue
            entries = np.asarray(table, dtype=np.float64)
            if entries.shape not in {counts.shape[1:], counts.shape}:
                n, c = counts.shape
                raise InputError(f"table of {name} has shape {entries.shape}, but needs [{c}] or [{n}, {c}]")
            total += (counts * entries).sum(axis=1)
        return total
