"""How well a table itself is known: its standard error, apart from the noise of a measurement."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.surrogates.additive import PARTS, check_shapes, restrict_parts
from hwbench_mo.typing import Codes, Floats

CHUNK = 4096
"""Rows at a time: bounds the memory of the ``[n, r]`` sums."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TableError:
    """The covariance of a table's entries, as r additive models whose squares add up.

    The variance of an architecture's sum is the sum of the squares of its sums in the r tables: for a covariance matrix
    S = F F^T and the architecture's regressors x, ``x^T S x = |F^T x|^2``. Tables as in `AdditiveModel`, with r behind.
    """

    base: Floats
    mlp: Floats
    head: Floats
    mlp_by_depth: Floats | None = None
    head_by_depth: Floats | None = None
    mlp_pairs: Floats | None = None
    head_pairs: Floats | None = None
    products: Floats | None = None

    def __post_init__(self) -> None:
        axes = {"base": 4, "mlp": 5, "head": 5, "products": 5}
        for name, table in self.parts.items():
            if table.ndim != axes.get(name, 6) or table.shape[-1] != self.base.shape[-1]:
                raise InputError(f"table {name} of an error has shape {table.shape}, but needs a model's axes and r")

    @property
    def parts(self) -> dict[str, Floats]:
        """The tables that there are, by name."""
        return {name: table for name in PARTS if (table := getattr(self, name)) is not None}

    def check_fits(self, space: SearchSpace) -> None:
        """Raise `InputError` if the tables are not of that space."""
        check_shapes({name: table[..., 0] for name, table in self.parts.items()}, space)

    def standard_error(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n]``; standard error of the sum of each architecture, in the table's own unit."""
        errors = np.empty(len(codes))
        for start in range(0, len(codes), CHUNK):
            rows = slice(start, start + CHUNK)
            errors[rows] = np.sqrt((self._sums(space, codes[rows]) ** 2).sum(axis=1))
        return errors

    def _sums(self, space: SearchSpace, codes: Codes) -> Floats:
        """``[n, r]``."""
        e, b, depth = codes[:, EMBED_DIM], codes[:, BIAS], codes[:, N_LAYER]
        sums: Floats = self.base[e, b, depth].astype(np.float64)
        counts = space.counts(codes)
        active = space.active_slots(codes)
        for table, count, genes in zip((self.mlp, self.head), counts, (space.mlp_genes, space.head_genes), strict=True):
            if table.shape[2] == 1:
                for choice in range(table.shape[3]):
                    sums += count[:, [choice]] * table[e, b, 0, choice]
            else:
                for slot in range(space.n_slots):
                    sums += np.where(active[:, [slot]], table[e, b, slot, codes[:, genes][:, slot]], 0.0)
        kinds = (
            (self.mlp_by_depth, self.mlp_pairs, space.mlp_genes),
            (self.head_by_depth, self.head_pairs, space.head_genes),
        )
        for by_depth, pairs, genes in kinds:
            block = codes[:, genes]
            for slot in range(space.n_slots):
                if by_depth is not None:
                    sums += np.where(active[:, [slot]], by_depth[e, b, depth, slot, block[:, slot]], 0.0)
                if pairs is not None and slot > 0:
                    pair = pairs[e, b, slot - 1, block[:, slot - 1], block[:, slot]]
                    sums += np.where(active[:, [slot]], pair, 0.0)
        if self.products is not None:
            every = np.concatenate(counts, axis=1)
            sums += np.einsum("nk,nkjr,nj->nr", every, self.products[e, b], every, optimize=True)
        return sums

    def scaled(self, factors: Floats) -> "TableError":
        """The error of tables that are multiplied by ``factors`` ``[e, b]``."""
        return self.map(lambda _, table: table * factors.reshape(*factors.shape, *(1,) * (table.ndim - 2)))

    def restrict(self, source: SearchSpace, target: SearchSpace) -> "TableError":
        """The same on a smaller space, all of whose choices ``source`` offers."""
        return TableError(**restrict_parts(self.parts, source, target))

    def map(self, function: Callable[[str, Floats], Floats]) -> "TableError":
        """The tables that ``function`` makes of names and tables."""
        return TableError(**{name: function(name, table) for name, table in self.parts.items()})
