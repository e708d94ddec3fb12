"""The kernel: sums of table entries for many architectures and several models at once.

A naive gather reads one entry a gene. Here genes are packed into groups, each group's sum is tabulated for all its
combinations, and one product with a matrix of radix weights gives all the look-up keys: four look-ups instead of 25
on gpt_s. Entries of neighbouring layers fit into groups of consecutive slots, each of which begins with the last slot
of the group before. Keys are integers below 2^24, which float32 holds exactly (float64 where own spaces need more);
tables hold multiples of a power of two (`hwbench_mo.surrogates.additive.quantise`), so that the sums are exact in any
order.
"""

from collections.abc import Sequence

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.groups import chained_groups, packed_groups, tabulate
from hwbench_mo.surrogates.products import Products
from hwbench_mo.typing import Codes, Values

MOST_KEYS = 1 << 26
"""Entries of all groups of a target at most: half a gigabyte."""
CHUNK_PRODUCTS = 1 << 19
"""Multiplications of the product that makes the keys, at most: beyond, OpenBLAS starts threads, which wait longer for
one another than they work. Intermediate arrays stay in the second-level cache, too."""


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
        paired = any(model.has_pairs for model in models)
        chained = paired or any(model.by_depth or model.products is not None for model in models)
        groups = chained_groups(space, paired=paired) if chained else packed_groups(space)
        sizes = [group.size(space) for group in groups]
        if sum(sizes) > MOST_KEYS:
            raise InputError(
                f"space {space.name!r} has too many choices: its tables would have {sum(sizes)} entries, but must have "
                f"{MOST_KEYS} at most"
            )
        self._narrow = np.uint8 if space.n_choices.max() <= 256 else np.int64
        self._real = np.float32 if sum(sizes) < 1 << 24 else np.float64
        self._weights = np.zeros((len(groups), space.n_genes), dtype=self._real)
        for row, group in enumerate(groups):
            self._weights[row] = group.weights(space)
        self._offsets = np.cumsum([0, *sizes[:-1]], dtype=self._real)[:, None]
        self._tables = [
            np.concatenate([tabulate(space, model, group, row == 0) for row, group in enumerate(groups)])
            for model in models
        ]
        self._products = [
            None if model.products is None else Products(space, model.products, groups) for model in models
        ]
        self._chunk = max(1, CHUNK_PRODUCTS // self._weights.size)

    def __call__(self, codes: Codes, /) -> Values:
        """``[n, m]``; the models' values for codes that `SearchSpace.validate` passed."""
        n = len(codes)
        values = np.empty((n, len(self.models)))
        for start in range(0, n, self._chunk):
            rows = slice(start, start + self._chunk)
            # By way of bytes: choice indices are small, and the narrow copy is the cheaper one to widen.
            genes = codes[rows].astype(self._narrow).astype(self._real)
            keys = (self._weights @ genes.T + self._offsets).astype(np.intp)
            e, b = codes[rows, EMBED_DIM], codes[rows, BIAS]
            parts = zip(self.models, self._tables, self._products, strict=True)
            for column, (model, table, products) in enumerate(parts):
                sums = np.add.reduce(table.take(keys), axis=0)
                if products is not None:
                    sums += products(keys)
                values[rows, column] = model.value(sums, e, b)
        return values
