"""How well a table itself is known: its standard error, apart from the noise of a measurement."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.surrogates.additive import positions
from hwbench_mo.typing import Codes, Floats

CHUNK = 4096
"""Rows at a time: bounds the memory of the ``[n, r]`` sums."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TableError:
    """The covariance of a table's entries, as r additive models whose squares add up.

    The variance of an architecture's sum is the sum of the squares of its sums in the r tables: for a covariance matrix
    S = F F^T and the architecture's regressors x, ``x^T S x = |F^T x|^2``. Axes as in `AdditiveModel`, with r behind.

    Parameters
    ----------
    base
        ``[e, b, l, r]``.
    mlp, head
        ``[e, b, s, c, r]``.
    """

    base: Floats
    mlp: Floats
    head: Floats

    def __post_init__(self) -> None:
        if self.base.ndim != 4 or self.mlp.ndim != 5 or self.head.ndim != 5:
            raise InputError("a table's error needs a base [e, b, l, r] and layers [e, b, s, c, r]")

    def standard_error(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n]``; standard error of the sum of each architecture, in the table's own unit."""
        errors = np.empty(len(codes))
        for start in range(0, len(codes), CHUNK):
            rows = slice(start, start + CHUNK)
            errors[rows] = np.sqrt((self._sums(space, codes[rows]) ** 2).sum(axis=1))
        return errors

    def _sums(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n, r]``."""
        e, b = codes[:, EMBED_DIM], codes[:, BIAS]
        sums: Floats = self.base[e, b, codes[:, N_LAYER]].astype(np.float64)
        counts = space.counts(codes)
        active = space.active_slots(codes)
        for table, count, genes in zip((self.mlp, self.head), counts, (space.mlp_genes, space.head_genes), strict=True):
            if table.shape[2] == 1:
                for choice in range(table.shape[3]):
                    sums += count[:, [choice]] * table[e, b, 0, choice]
            else:
                for slot in range(space.n_slots):
                    sums += np.where(active[:, [slot]], table[e, b, slot, codes[:, genes][:, slot]], 0.0)
        return sums

    def restrict(self, source: SearchSpace, target: SearchSpace) -> "TableError":
        """The same on a smaller space, all of whose choices ``source`` offers."""
        e, b = positions(source, target, "embed_dim"), positions(source, target, "bias")

        def layers(full: Floats, name: str) -> Floats:
            slots = range(min(full.shape[2], target.n_slots))
            return full[np.ix_(e, b, slots, positions(source, target, name))]

        return TableError(
            base=self.base[np.ix_(e, b, positions(source, target, "n_layer"))],
            mlp=layers(self.mlp, "mlp_ratio"),
            head=layers(self.head, "n_head"),
        )
