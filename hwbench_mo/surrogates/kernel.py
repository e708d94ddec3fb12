"""The kernel: sums of table entries for many architectures and several models at once.

A naive gather reads one entry a gene. Here genes are packed into groups, each group's sum is tabulated for all its
combinations, and one product with a matrix of radix weights gives all the look-up keys: four look-ups instead of 25
on gpt_s. Keys are integers below 2^24, which float32 holds exactly (float64 where own spaces need more); tables hold
multiples of a power of two (`hwbench_mo.surrogates.additive.quantise`), so that the sums are exact in any order.
"""

import math
from collections.abc import Sequence

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, FIRST_SLOT, N_LAYER
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Codes, Floats, Values

TABLE_SIZE = 1 << 14
"""Entries of a group's table at most: 128 KB, so that tables stay in the second-level cache."""
MOST_KEYS = 1 << 26
"""Entries of all groups of a target at most: half a gigabyte."""
CHUNK_CELLS = 1 << 17
"""Genes worked on at a time: intermediate arrays stay in the second-level cache."""


class Kernel:
    """Values of several additive models for any number of codes.

    Parameters
    ----------
    space
        Where the codes come from.
    models
        One a column of the answer.
    """

    def __init__(self, space: SearchSpace, models: Sequence[AdditiveModel]) -> None:
        self.space = space
        self.models = list(models)
        groups = _group_genes(space)
        sizes = [math.prod(space.n_choices[genes].tolist()) for genes in groups]
        if sum(sizes) > MOST_KEYS:
            raise InputError(
                f"space {space.name!r} has too many choices: its tables would have {sum(sizes)} entries, but must have "
                f"{MOST_KEYS} at most"
            )
        self._narrow = np.uint8 if space.n_choices.max() <= 256 else np.int64
        self._real = np.float32 if sum(sizes) < 1 << 24 else np.float64
        self._weights = np.zeros((len(groups), space.n_genes), dtype=self._real)
        for row, genes in enumerate(groups):
            radix = 1
            for gene in reversed(genes):
                self._weights[row, gene] = radix
                radix *= int(space.n_choices[gene])
        self._tables: list[Floats] = []
        for model in models:
            parts = [_tabulate(space, model, genes, row == 0) for row, genes in enumerate(groups)]
            self._tables.append(np.concatenate(parts))
        self._offsets = np.cumsum([0, *sizes[:-1]], dtype=self._real)[:, None]
        self._chunk = max(1, CHUNK_CELLS // space.n_genes)

    def __call__(self, codes: Codes, /) -> Values:
        """``[n, m]``; the models' values for codes that `SearchSpace.validate` passed."""
        n = len(codes)
        values = np.empty((n, len(self._tables)))
        for start in range(0, n, self._chunk):
            rows = slice(start, start + self._chunk)
            # By way of bytes: choice indices are small, and the narrow copy is the cheaper one to widen.
            genes = codes[rows].astype(self._narrow).astype(self._real)
            keys = (self._weights @ genes.T + self._offsets).astype(np.intp)
            e, b = codes[rows, EMBED_DIM], codes[rows, BIAS]
            for column, (table, model) in enumerate(zip(self._tables, self.models, strict=True)):
                sums = np.add.reduce(table.take(keys), axis=0)
                values[rows, column] = model.value(sums, e, b)
        return values


def _group_genes(space: SearchSpace) -> list[list[int]]:
    """Genes of each look-up: the shared ones that it depends on, then as many slot genes as fit in `TABLE_SIZE`."""

    def is_optional(gene: int) -> bool:
        return (gene - FIRST_SLOT) % space.n_slots >= space.n_layer[0]

    groups: list[list[int]] = []
    # Layers that may be absent come first: they are looked up with n_layer, which the base in the first group needs.
    for gene in sorted(range(FIRST_SLOT, space.n_genes), key=lambda gene: not is_optional(gene)):
        if groups and np.prod(space.n_choices[[*groups[-1], gene]]) <= TABLE_SIZE:
            groups[-1].append(gene)
        else:
            shared = [EMBED_DIM, N_LAYER, BIAS] if is_optional(gene) else [EMBED_DIM, BIAS]
            groups.append([*shared, gene])
    return groups


def _tabulate(space: SearchSpace, model: AdditiveModel, genes: list[int], with_base: bool) -> Floats:
    """The sum that a group of genes contributes, for every combination of their choices, flattened."""
    shared = [gene for gene in genes if gene < FIRST_SLOT]
    has_depth = N_LAYER in shared
    e, b, n_depths = model.base.shape
    table = model.base.copy() if with_base else np.zeros((e, b, n_depths if has_depth else 1))
    table = table.transpose(0, 2, 1)  # the order of the shared genes in a code: embed_dim, n_layer, bias
    depths = np.array(space.n_layer if has_depth else space.n_layer[:1])
    for gene in genes[len(shared) :]:
        entries = model.mlp if gene < space.head_genes.start else model.head
        slot = (gene - FIRST_SLOT) % space.n_slots
        entry = entries[:, :, slot if entries.shape[2] > 1 else 0]  # e, b, c
        present = (slot < depths)[None, :, None, None]
        added = np.where(present, entry[:, None], 0.0)  # e, l, b, c
        table = table[..., None] + added.reshape(*added.shape[:3], *(1,) * (table.ndim - 3), added.shape[3])
    return np.ascontiguousarray(table).ravel()
