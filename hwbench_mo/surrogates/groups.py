"""Groups of genes that the kernel looks up at once."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, FIRST_SLOT, N_LAYER
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Floats

TABLE_SIZE = 1 << 14
"""Entries of a group's table at most: 128 KB, so that tables stay in the second-level cache."""


@dataclass(frozen=True)
class Group:
    """The shared genes that a look-up depends on, and genes of slots."""

    shared: list[int]
    slots: list[int]
    """Genes whose entries the look-up adds."""
    before: list[int]
    """The gene of the slot before the first, if entries of pairs need its choice; nothing else of it is added."""

    @property
    def genes(self) -> list[int]:
        """All genes, in the order of the digits of a key."""
        return [*self.shared, *self.before, *self.slots]

    def size(self, space: SearchSpace) -> int:
        """Number of combinations of choices."""
        return math.prod(space.n_choices[self.genes].tolist())

    def weights(self, space: SearchSpace) -> Floats:
        """``[d]``; the product with a code is the key."""
        weights = np.zeros(space.n_genes)
        radix = 1
        for gene in reversed(self.genes):
            weights[gene] = radix
            radix *= int(space.n_choices[gene])
        return weights


def packed_groups(space: SearchSpace) -> list[Group]:
    """As few groups as hold `TABLE_SIZE` combinations each, for entries that depend on no other layer."""

    def is_optional(gene: int) -> bool:
        return (gene - FIRST_SLOT) % space.n_slots >= space.n_layer[0]

    groups: list[Group] = []
    # Layers that may be absent come first: they are looked up with n_layer, which the base in the first group needs.
    for gene in sorted(range(FIRST_SLOT, space.n_genes), key=lambda gene: not is_optional(gene)):
        if groups and groups[-1].size(space) * space.n_choices[gene] <= TABLE_SIZE:
            groups[-1].slots.append(gene)
        else:
            groups.append(Group([EMBED_DIM, N_LAYER, BIAS] if is_optional(gene) else [EMBED_DIM, BIAS], [gene], []))
    return groups


def chained_groups(space: SearchSpace, *, paired: bool) -> list[Group]:
    """Groups of consecutive slots of one kind, about equally many, for entries by n_layer or by neighbours."""
    groups: list[Group] = []
    for genes in (space.mlp_genes, space.head_genes):
        n_choices = int(space.n_choices[genes.start])
        room = TABLE_SIZE // (len(space.embed_dim) * len(space.n_layer) * len(space.bias))
        most = max(1, int(math.log(max(room, 2), max(n_choices, 2)) + 1e-9) - paired)
        n_groups = -(-space.n_slots // most)
        edges = [genes.start + space.n_slots * i // n_groups for i in range(n_groups + 1)]
        groups += [
            Group(
                [EMBED_DIM, N_LAYER, BIAS],
                list(range(first, end)),
                [first - 1] if paired and first > genes.start else [],
            )
            for first, end in pairwise(edges)
        ]
    return groups


def tabulate(space: SearchSpace, model: AdditiveModel, group: Group, with_base: bool) -> Floats:
    """The sum that a group of genes contributes, for every combination of their choices, flattened."""
    has_depth = N_LAYER in group.shared
    e, b, n_depths = model.base.shape
    table = model.base.copy() if with_base else np.zeros((e, b, n_depths if has_depth else 1))
    table = table.transpose(0, 2, 1)  # the order of the shared genes in a code: embed_dim, n_layer, bias
    depths = np.array(space.n_layer if has_depth else space.n_layer[:1])
    for gene in group.before:
        table = np.repeat(table[..., None], space.n_choices[gene], axis=-1)
    for place, gene in enumerate(group.slots):
        is_mlp = gene < space.head_genes.start
        entries = model.mlp if is_mlp else model.head
        by_depth = model.mlp_by_depth if is_mlp else model.head_by_depth
        pairs = model.mlp_pairs if is_mlp else model.head_pairs
        slot = (gene - FIRST_SLOT) % space.n_slots
        present = (slot < depths)[None, :, None, None]
        added = np.where(present, entries[:, None, :, slot if entries.shape[2] > 1 else 0], 0.0)  # e, l, b, c
        if by_depth is not None:
            added = added + np.where(present, by_depth[:, :, :, slot].transpose(0, 2, 1, 3), 0.0)
        added = added[:, :, :, None]  # e, l, b, choice before or 1, c
        if pairs is not None and slot > 0 and (place or group.before):
            added = added + np.where(present[..., None], pairs[:, None, :, slot - 1], 0.0)
        n_before = (1,) * max(0, table.ndim - 4)
        shape = (
            (*added.shape[:3], *n_before, *added.shape[3:]) if table.ndim > 3 else (*added.shape[:3], added.shape[4])
        )
        table = table[..., None] + added.reshape(shape)
    return np.ascontiguousarray(table).ravel()
