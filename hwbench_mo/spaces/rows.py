"""A space that holds some architectures of a full one: those that were measured."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.checks import check_generator, check_size
from hwbench_mo.errors import InputError
from hwbench_mo.spaces.architecture import Architecture
from hwbench_mo.spaces.full import SearchSpace
from hwbench_mo.spaces.space import Space
from hwbench_mo.typing import Bools, Codes, Ints, read_only

N_NEIGHBOURS = 10
"""How many of the nearest others count as neighbours of an architecture."""
N_NAMED = 3
"""How many of the nearest are named where an architecture is refused."""
CHUNK_CELLS = 1 << 22
"""Distances held at a time."""


@dataclass(frozen=True, kw_only=True)
class TabularSpace(Space):
    """The architectures of some rows of a full space, in its coding. Made by `TabularSpace.of`.

    The *distance* of two architectures is the number of genes in which they differ, the genes of a layer that only one
    of them has included. Rows that are equally near come in their own order.

    Parameters
    ----------
    full
        Every combination of the choices.
    codes
        ``[n_rows, d]``, distinct; kept in canonical form.

    Examples
    --------
    >>> full = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> space = TabularSpace.of(full, np.array([[0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 1, 1, 1, 0], [0, 1, 0, 1, 1, 1, 1]]))
    >>> space.name, space.size
    ('tiny_table', 3)
    >>> space.repair(np.array([[0, 1, 0, 1, 0, 1, 1]]))
    array([[0, 1, 0, 1, 1, 1, 1]])
    >>> space.validate(np.array([[0, 0, 1, 0, 0, 0, 0]]))
    Traceback (most recent call last):
    ...
    hwbench_mo.errors.InputError: codes[0] is embed_dim 64, n_layer 1, bias True, mlp_ratio (2), n_head (1), which was
    not measured; nearest of the 3 architectures of 'tiny_table': embed_dim 64, n_layer 1, bias False, mlp_ratio (2),
    n_head (1) (1 gene differs); embed_dim 64, n_layer 2, bias False, mlp_ratio (4, 4), n_head (2, 1) (6 genes differ);
    embed_dim 64, n_layer 2, bias False, mlp_ratio (4, 4), n_head (2, 2) (6 genes differ)
    """

    full: SearchSpace = field(repr=False)
    codes: Codes = field(repr=False, compare=False)
    fingerprint: str = field(init=False)
    """sha256 of the rows."""

    def __post_init__(self) -> None:
        super().__post_init__()
        codes = self._clear_absent(self._check_coding(self.codes).copy())
        if not len(codes):
            raise InputError(f"space {self.name!r} has no rows, but needs at least one")
        object.__setattr__(self, "codes", read_only(codes))
        object.__setattr__(self, "fingerprint", hashlib.sha256(codes.astype("<i8").tobytes()).hexdigest())
        if len(self._row_of) < len(codes):
            first = {code.tobytes(): row for row, code in reversed(list(enumerate(codes)))}
            row = next(row for row, code in enumerate(codes) if first[code.tobytes()] != row)
            raise InputError(
                f"rows {first[codes[row].tobytes()]} and {row} of space {self.name!r} are one architecture, "
                f"{self.describe(codes[[row]])[0]}: rows must differ"
            )

    @staticmethod
    def of(full: SearchSpace, codes: Codes) -> "TabularSpace":
        """Those rows of a full space; the name says so: ``gpt_s_table``."""
        return TabularSpace(**{**full.facts, "name": f"{full.name}_table"}, full=full, codes=codes)

    @property
    def facts(self) -> dict[str, Any]:
        """What identifies the space: choices, number of rows and their fingerprint, not the rows."""
        return {**super().facts, "full": self.full.name, "size": self.size, "fingerprint": self.fingerprint}

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.codes)

    def take(self, rows: Bools) -> "TabularSpace":
        """The rows of a mask."""
        return TabularSpace.of(self.full, self.codes[rows])

    @cached_property
    def _row_of(self) -> dict[bytes, int]:
        return {code.tobytes(): row for row, code in enumerate(self.codes)}

    def find(self, codes: object, /) -> Ints:
        """``[n]``; the row of each architecture, -1 where it is not of the space; codes need not be canonical."""
        canonical = self._clear_absent(self._check_coding(codes).copy())
        width = canonical.itemsize * canonical.shape[1]
        raw, row_of = canonical.tobytes(), self._row_of
        rows = [row_of.get(raw[start : start + width], -1) for start in range(0, len(raw), width)]
        return np.array(rows, dtype=np.int64)

    def rows(self, codes: object, /) -> Ints:
        """``[n]``; the row of each architecture.

        Raises
        ------
        InputError
            If an architecture is not of the space: the first such is named, with the nearest that are.
        """
        rows = self.find(codes)
        if len(rows) and rows.min() < 0:
            place = int(np.argmin(rows >= 0))
            stranger = np.asarray(codes)[[place]]
            nearest, distances = self.nearest(stranger, N_NAMED)
            shown = "; ".join(
                f"{name} ({distance} gene{' differs' if distance == 1 else 's differ'})"
                for name, distance in zip(self.describe(self.codes[nearest[0]]), distances[0], strict=True)
            )
            raise InputError(
                f"codes[{place}] is {self.describe(stranger)[0]}, which was not measured; "
                f"nearest of the {self.size} architectures of {self.name!r}: {shown}"
            )
        return rows

    def describe(self, codes: Codes) -> list[str]:
        """The architectures of any codes in range, in words."""
        return [_readable(architecture) for architecture in self.decode(codes)]

    def validate(self, codes: object, /) -> Codes:
        """``codes`` as an int64 array ``[n, d]`` of architectures of the rows; canonical form is not required.

        Raises
        ------
        InputTypeError
            If they are not integers.
        InputError
            If the width is not d, an index is out of range, or an architecture is not among the rows: it is named,
            with the nearest that are.
        """
        valid = self._check_coding(codes)
        self.rows(valid)
        return valid

    def nearest(self, codes: Codes, /, k: int, *, avoid: Codes | None = None) -> tuple[Ints, Ints]:
        """Which k rows are nearest to any codes in range, nearest first, and their distances: ``[n, ≤ k]`` each.

        The rows of ``avoid`` come after all others.
        """
        codes = self._clear_absent(self._check_coding(codes).copy())
        k = min(k, self.size)
        rows, distances = np.empty((2, len(codes), k), dtype=np.int64)
        chunk = max(1, CHUNK_CELLS // self.size)
        # One number orders by whether to avoid, then by distance, then by row.
        far = self.n_genes + 1
        order_of_row = np.arange(self.size)
        if avoid is not None:
            order_of_row[self.rows(avoid)] += far * self.size
        for start in range(0, len(codes), chunk):
            part = slice(start, start + chunk)
            order = self._distances(codes[part]) * self.size + order_of_row
            best = order.argmin(axis=1)[:, None] if k == 1 else np.argpartition(order, k - 1, axis=1)[:, :k]
            best_order = np.take_along_axis(order, best, axis=1)
            rows[part] = np.take_along_axis(best, best_order.argsort(axis=1), axis=1)
            distances[part] = np.sort(best_order, axis=1) // self.size % far
        return rows, distances

    def _distances(self, codes: Codes) -> Ints:
        """``[n, n_rows]``; genes that differ: those there are, less those that agree, counted by one product."""
        agree = self._one_hot(codes) @ self._rows_one_hot
        distances: Ints = self.n_genes - agree.astype(np.int64)
        return distances

    @cached_property
    def _rows_one_hot(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self._one_hot(self.codes).T)

    def _one_hot(self, codes: Codes) -> NDArray[np.float32]:
        """``[n, choices of all genes]``; 1 at the choice of each gene; an absent layer is a choice of its own."""
        width = int(self.n_choices.max()) + 1
        symbols = np.where(self.active_genes(codes), codes, width - 1)
        flat = np.zeros((len(codes), self.n_genes * width), dtype=np.float32)
        flat[np.arange(len(codes))[:, None], symbols + width * np.arange(self.n_genes)] = 1.0
        return flat

    def repair(self, codes: Codes, /, *, avoid: Codes | None = None) -> Codes:
        """``[n, d]``; the nearest row of each that is not in ``avoid``: without it, itself where it is a row."""
        return self.codes[self.nearest(codes, 1, avoid=avoid)[0][:, 0]]

    def sample(self, n: int, rng: np.random.Generator) -> Codes:
        """``n`` rows, uniform, with replacement."""
        check_size("n", n)
        check_generator(rng)
        return self.codes[rng.integers(self.size, size=n)]

    def neighbours(self, code: NDArray[np.int64], /) -> Codes:
        """The nearest other rows of one architecture ``[d]`` of the space, nearest first: ten, if there are so many."""
        near: Ints = self._neighbours_of(self.rows(code[None]))[0]
        return self.codes[near]

    def random_neighbours(self, codes: Codes, rng: np.random.Generator) -> Codes:
        """One of the `neighbours` of each row, uniform.

        Raises
        ------
        InputError
            If the space holds a single architecture, which has no neighbour.
        """
        near = self._neighbours_of(self.rows(codes))
        return self.codes[near[np.arange(len(near)), rng.integers(near.shape[1], size=len(near))]]

    def _neighbours_of(self, rows: Ints) -> Ints:
        """``[n, k]``; neighbouring rows. They are remembered: local search asks for the same ones again and again."""
        if self.size == 1:
            raise InputError(f"space {self.name!r} holds one architecture, which has no neighbour")
        unknown = np.unique(rows[self._neighbour_rows[rows, 0] < 0])
        if len(unknown):
            # An architecture is the nearest to itself, and no other row is as near.
            self._neighbour_rows[unknown] = self.nearest(self.codes[unknown], N_NEIGHBOURS + 1)[0][:, 1:]
        near: Ints = self._neighbour_rows[rows]
        return near

    @cached_property
    def _neighbour_rows(self) -> Ints:
        return np.full((self.size, min(N_NEIGHBOURS, self.size - 1)), -1, dtype=np.int64)

    def enumerate(self) -> Iterator[NDArray[np.int64]]:
        """Every row."""
        yield from self.codes


def _readable(architecture: Architecture) -> str:
    ratios, heads = (", ".join(map(str, entries)) for entries in (architecture.mlp_ratio, architecture.n_head))
    return (
        f"embed_dim {architecture.embed_dim}, n_layer {architecture.n_layer}, bias {architecture.bias}, "
        f"mlp_ratio ({ratios}), n_head ({heads})"
    )
