"""The full search space: every combination of choices."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.checks import check_generator, check_size, empty_rows
from hwbench_mo.errors import InputError
from hwbench_mo.spaces.coding import FIRST_SLOT, N_LAYER
from hwbench_mo.spaces.space import Space
from hwbench_mo.typing import Codes


@dataclass(frozen=True, kw_only=True)
class SearchSpace(Space):
    """Every architecture that can be made of the given choices.

    Parameters and coding are those of `Coding`.

    Examples
    --------
    >>> space = SearchSpace(name="tiny", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> space.size, space.n_genes
    (80, 7)
    >>> space.decode(space.sample(1, np.random.default_rng(0)))
    [Architecture(embed_dim=128, n_layer=2, mlp_ratio=(4, 4), n_head=(2, 2), bias=True)]
    """

    @cached_property
    def size(self) -> int:
        """Number of distinct architectures, exact.

        >>> from hwbench_mo.spaces import get_space
        >>> [f"{get_space(name).size:.3g}" for name in ("gpt_s", "gpt_m", "gpt_l")]
        ['1.9e+12', '5.38e+23', '1.52e+35']
        """
        per_layer = len(self.mlp_ratio) * len(self.n_head)
        by_depth: int = sum(per_layer**n_layer for n_layer in self.n_layer)
        return len(self.embed_dim) * len(self.bias) * by_depth

    def validate(self, codes: object, /) -> Codes:
        """``codes`` as an int64 array ``[n, d]`` with every index in range; canonical form is not required.

        Raises
        ------
        InputTypeError
            If they are not integers.
        InputError
            If the width is not d or an index is out of range; the first such place is named.
        """
        return self._check_coding(codes)

    def repair(self, codes: Codes, /, *, avoid: Codes | None = None) -> Codes:
        """``[n, d]``; the canonical form: every code in range is one of the space, and none needs to be moved."""
        return self.canonical(codes)

    def sample(self, n: int, rng: np.random.Generator) -> Codes:
        """``n`` canonical codes, uniform choice by choice.

        Width, depth and bias are uniform over their choices, and so is every choice of every layer that is there.
        (Uniform over codes would be another thing: nearly all codes have the greatest depth.)
        """
        check_size("n", n)
        check_generator(rng)
        codes: Codes = empty_rows("n", n, self.n_genes)
        for gene in range(FIRST_SLOT):
            codes[:, gene] = rng.integers(self.n_choices[gene], size=n)
        for genes, n_choices in ((self.mlp_genes, len(self.mlp_ratio)), (self.head_genes, len(self.n_head))):
            kind = np.uint8 if n_choices <= 256 else np.int64
            codes[:, genes] = rng.integers(n_choices, size=(n, self.n_slots), dtype=kind)
        return self._clear_absent(codes)

    def neighbours(self, code: NDArray[np.int64], /) -> Codes:
        """Every architecture that differs from ``code`` ``[d]`` in one choice, as canonical codes.

        A deeper neighbour's added layers repeat the choices of the last layer that was there.
        """
        (origin,) = self.canonical(code[None])
        (active,) = self.active_genes(origin[None])
        found: list[NDArray[np.int64]] = []
        for gene in np.flatnonzero(active):
            for choice in range(self.n_choices[gene]):
                if choice != origin[gene]:
                    neighbour = origin.copy()
                    neighbour[gene] = choice
                    if gene == N_LAYER:
                        self._repeat_last_layer(neighbour, self.n_layer[origin[N_LAYER]])
                    found.append(neighbour)
        stacked = np.array(found, dtype=np.int64).reshape(-1, self.n_genes)
        return self._clear_absent(stacked)

    def _repeat_last_layer(self, code: NDArray[np.int64], depth: int) -> None:
        for first_slot in (FIRST_SLOT, FIRST_SLOT + self.n_slots):
            code[first_slot + depth : first_slot + self.n_slots] = code[first_slot + depth - 1]

    def random_neighbours(self, codes: Codes, rng: np.random.Generator) -> Codes:
        """One random neighbour of each row: one active gene, uniform, takes another choice, uniform.

        The layers that a deeper neighbour adds are drawn uniformly, so that every architecture can be reached.

        Raises
        ------
        InputError
            If the space holds a single architecture, which has no neighbour.
        """
        if self.size == 1:
            raise InputError(f"space {self.name!r} holds one architecture, which has no neighbour")
        codes = self.canonical(codes)
        n = len(codes)
        changeable = self.active_genes(codes) & (self.n_choices > 1)
        pick = (rng.random(n) * changeable.sum(axis=1)).astype(np.int64)
        gene = (changeable.cumsum(axis=1) > pick[:, None]).argmax(axis=1)
        filled = np.where(self.active_genes(codes), codes, rng.integers(self.n_choices, size=codes.shape))
        rows = np.arange(n)
        step = 1 + (rng.random(n) * (self.n_choices[gene] - 1)).astype(np.int64)
        filled[rows, gene] = (codes[rows, gene] + step) % self.n_choices[gene]
        return self._clear_absent(filled)

    def enumerate(self) -> Iterator[NDArray[np.int64]]:
        """Every canonical code, for spaces small enough."""
        for shared in product(range(len(self.embed_dim)), range(len(self.n_layer)), range(len(self.bias))):
            depth = self.n_layer[shared[1]]
            absent = (0,) * (self.n_slots - depth)
            for ratios in product(range(len(self.mlp_ratio)), repeat=depth):
                for heads in product(range(len(self.n_head)), repeat=depth):
                    yield np.array([*shared, *ratios, *absent, *heads, *absent], dtype=np.int64)
