"""Products of choice counts, by look-ups."""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import FIRST_SLOT
from hwbench_mo.surrogates.groups import Group
from hwbench_mo.typing import Floats, Ints

MOST_COUNTS = 1 << 22
"""Entries of a table by counts at most."""


class Products:
    """``n @ products @ n`` for the keys of chained groups.

    Each group's counts are looked up as one number, whose digits are how many of its layers take each choice; the sum
    over the groups of a kind is a key to what depends on the counts of that kind alone. What mlp_ratio and n_head do
    together is a scalar product of two such look-ups. Entries are multiples of a power of two, and counts are integers:
    all of it is exact.

    Parameters
    ----------
    products
        ``[e, b, k, k]``.
    groups
        `hwbench_mo.surrogates.groups.chained_groups`: all of mlp_ratio, then all of n_head.
    """

    def __init__(self, space: SearchSpace, products: Floats, groups: Sequence[Group]) -> None:
        self._n_mlp = sum(group.slots[0] < space.head_genes.start for group in groups)
        n_choices = len(space.mlp_ratio), len(space.n_head)
        radix = space.n_slots + 1
        shared = len(space.embed_dim) * len(space.n_layer) * len(space.bias)
        if shared * radix ** (max(n_choices) - 1) > MOST_COUNTS:
            raise InputError(f"space {space.name!r} has too many choices for products of their counts")
        self._numbers = np.concatenate(
            [_numbers(space, group, radix, row in (0, self._n_mlp)) for row, group in enumerate(groups)]
        )
        mlp, head = (_counts(space, n, radix) for n in n_choices)  # l, digits, c
        between = products[:, :, : n_choices[0], n_choices[0] :] + products[
            :, :, n_choices[0] :, : n_choices[0]
        ].transpose(0, 1, 3, 2)
        # The last n_head is what the others leave of n_layer, and so its part is one of the counts of mlp_ratio alone.
        together = np.einsum("lxc,ebcd->elbxd", mlp, between)
        own = self._own(mlp, products[:, :, : n_choices[0], : n_choices[0]])
        depth = np.array(space.n_layer, dtype=np.float64)[None, :, None, None]
        self._of_mlp = own + depth * together[..., -1]
        self._of_head = self._own(head, products[:, :, n_choices[0] :, n_choices[0] :]).ravel()
        self._of_mlp = self._of_mlp.ravel()
        together = together[..., :-1] - together[..., -1:]
        self._factors = [np.ascontiguousarray(together[..., i]).ravel() for i in range(n_choices[1] - 1)]
        e, b = products.shape[:2]
        shape = (e, len(space.n_layer), b, head.shape[1])
        self._head_counts = [np.broadcast_to(head[None, :, None, :, i], shape).ravel() for i in range(n_choices[1] - 1)]

    @staticmethod
    def _own(counts: Floats, products: Floats) -> Floats:
        answer: Floats = np.einsum("lxc,ebcd,lxd->elbx", counts, products, counts)
        return answer

    def __call__(self, keys: Ints) -> Floats:
        """``[n]``; for keys ``[groups, n]``."""
        mlp = np.add.reduce(self._numbers.take(keys[: self._n_mlp]), axis=0)
        head = np.add.reduce(self._numbers.take(keys[self._n_mlp :]), axis=0)
        sums: Floats = self._of_mlp.take(mlp) + self._of_head.take(head)
        for factor, count in zip(self._factors, self._head_counts, strict=True):
            sums += factor.take(mlp) * count.take(head)
        return sums


def _numbers(space: SearchSpace, group: Group, radix: int, with_shared: bool) -> Ints:
    """The counts of a group as one number, for every combination of its choices; shared genes are leading digits."""
    e, n_depths, b = len(space.embed_dim), len(space.n_layer), len(space.bias)
    n_choices = int(space.n_choices[group.slots[0]])
    table = np.zeros((e, n_depths, b), dtype=np.int64)
    if with_shared:
        table += np.arange(e * n_depths * b).reshape(table.shape) * radix ** (n_choices - 1)
    for _ in group.before:
        table = np.repeat(table[..., None], n_choices, axis=-1)
    digits = np.array([radix**choice for choice in range(n_choices - 1)] + [0])
    for gene in group.slots:
        slot = (gene - FIRST_SLOT) % space.n_slots
        present = (slot < np.array(space.n_layer)).reshape(1, -1, 1, *(1,) * (table.ndim - 2))
        table = table[..., None] + np.where(present, digits, 0)
    return table.ravel()


def _counts(space: SearchSpace, n_choices: int, radix: int) -> Floats:
    """``[l, digits, c]``; the counts that digits stand for; the last choice has what the others leave of n_layer."""
    numbers = np.arange(radix ** (n_choices - 1), dtype=np.int64)
    digits = (numbers[:, None] // radix ** np.arange(n_choices - 1) % radix).astype(np.float64)
    depth = np.array(space.n_layer, dtype=np.float64)[:, None, None]
    first = np.broadcast_to(digits, (len(space.n_layer), *digits.shape))
    return np.concatenate([first, depth - first.sum(axis=2, keepdims=True)], axis=2)
