"""How architectures are coded as rows of integers."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.checks import check_count
from hwbench_mo.errors import InputError, InputTypeError, nearest_number
from hwbench_mo.spaces.architecture import Architecture
from hwbench_mo.typing import Bools, Codes, Floats, Ints, read_only

EMBED_DIM, N_LAYER, BIAS, FIRST_SLOT = 0, 1, 2, 3
"""Columns of a code: three shared genes, then mlp_ratio per slot, then n_head per slot."""
VOCABULARY = 50254
"""Tokens of the spaces that ship."""


@dataclass(frozen=True, kw_only=True)
class Coding:
    """Choices, and the coding of architectures that are made of them.

    An architecture is coded as a row of choice indices: ``embed_dim, n_layer, bias``, then ``mlp_ratio`` of each of
    the ``max(n_layer)`` slots, then ``n_head`` of each slot. In *canonical* form the genes of absent layers are 0, so
    that one architecture has one code. Choices are indexed in ascending order.

    Everything here holds for every code in range, whether or not a space holds its architecture.

    Parameters
    ----------
    name
        Name in messages, files and plots.
    embed_dim, n_layer, mlp_ratio, n_head, bias
        The choices, ascending, each at least one.
    batch_size
        Sequences per forward pass; MACs and FLOPs are those of one pass.
    vocabulary
        Tokens that there are; embedding and output matrix have a row for each.
    """

    name: str
    embed_dim: tuple[int, ...]
    n_layer: tuple[int, ...]
    mlp_ratio: tuple[int, ...]
    n_head: tuple[int, ...]
    bias: tuple[bool, ...] = (False, True)
    batch_size: int = 8
    vocabulary: int = VOCABULARY

    def __post_init__(self) -> None:
        for field in ("embed_dim", "n_layer", "mlp_ratio", "n_head", "bias"):
            given = getattr(self, field)
            try:
                choices = tuple(given)
            except TypeError:
                raise InputTypeError(f"{field} of space {self.name!r} is {given!r}, but needs choices") from None
            if not all(isinstance(choice, int | np.integer | np.bool_) for choice in choices):
                raise InputTypeError(f"{field} of space {self.name!r} is {given!r}, but needs integers")
            lowest = 0 if field == "bias" else 1
            if not choices or list(choices) != sorted(set(choices)) or int(choices[0]) < lowest:
                raise InputError(f"{field} of space {self.name!r} is {choices}, but needs ascending, distinct choices")
            object.__setattr__(self, field, choices)
        check_count(f"vocabulary of space {self.name!r}", self.vocabulary, least=2)

    @property
    def facts(self) -> dict[str, Any]:
        """What identifies the space, in plain JSON values but for tuples; vocabulary where it is not the authors'."""
        left_out = {"vocabulary"} if self.vocabulary == VOCABULARY else set()
        return {field.name: getattr(self, field.name) for field in fields(Coding) if field.name not in left_out}

    @property
    def n_slots(self) -> int:
        """Layers that an architecture has at most."""
        return int(self.n_layer[-1])

    @property
    def n_genes(self) -> int:
        """Width d of a code."""
        return FIRST_SLOT + 2 * self.n_slots

    @property
    def mlp_genes(self) -> slice:
        """Columns of mlp_ratio, one a slot."""
        return slice(FIRST_SLOT, FIRST_SLOT + self.n_slots)

    @property
    def head_genes(self) -> slice:
        """Columns of n_head, one a slot."""
        return slice(FIRST_SLOT + self.n_slots, self.n_genes)

    @cached_property
    def n_choices(self) -> Ints:
        """``[d]``; number of choices of each gene."""
        shared = [len(self.embed_dim), len(self.n_layer), len(self.bias)]
        slots = [len(self.mlp_ratio)] * self.n_slots + [len(self.n_head)] * self.n_slots
        return read_only(np.array(shared + slots, dtype=np.int64))

    def _check_coding(self, codes: object, /) -> Codes:
        """``codes`` as an int64 array ``[n, d]`` with every index in range, or the first place where that fails."""
        first = codes[0] if isinstance(codes, list) and codes else codes
        if isinstance(first, Architecture):
            raise InputTypeError(f"codes are architectures; encode them first: {self.name}.encode(…)")
        if isinstance(codes, np.ma.MaskedArray):
            raise InputTypeError("codes are a masked array, but no choice may be missing")
        try:
            array = codes if isinstance(codes, np.ndarray) else np.asarray(codes)
        except ValueError:
            raise InputError(f"codes have rows of unequal width, but {self.name!r} needs [n, {self.n_genes}]") from None
        if array.dtype.kind not in "iu":
            raise InputTypeError(f"codes have type {array.dtype}, but choice indices are integers")
        if array.ndim != 2 or array.shape[1] != self.n_genes:
            raise InputError(f"codes have shape {array.shape}, but {self.name!r} needs [n, {self.n_genes}]")
        array = np.ascontiguousarray(array, dtype=np.int64)
        # Seen as unsigned, a negative index is a huge one: one pass finds both kinds of error.
        unsigned: NDArray[np.uint64] = array.view(np.uint64)
        in_range = not array.size or (
            int(unsigned.max()) < self._most_choices
            and all(int(unsigned[:, gene].max()) < self.n_choices[gene] for gene in self._narrow)
        )
        if not in_range:
            row, gene = np.argwhere(unsigned >= self.n_choices.astype(np.uint64))[0]
            raise InputError(
                f"codes[{row}, {gene}] is {array[row, gene]}, "
                f"but gene {gene} of {self.name!r} has {self.n_choices[gene]} choices"
            )
        return array

    @cached_property
    def _most_choices(self) -> int:
        return int(self.n_choices.max())

    @cached_property
    def _narrow(self) -> Ints:
        """Genes with fewer choices than the widest gene has."""
        return np.flatnonzero(self.n_choices < self.n_choices.max())

    @cached_property
    def _depths(self) -> Ints:
        return np.array(self.n_layer, dtype=np.int64)

    def depth(self, codes: Codes, /) -> Ints:
        """``[n]``; number of layers of each architecture."""
        depth: Ints = self._depths[codes[:, N_LAYER]]
        return depth

    def groups(self, codes: Codes, /) -> Ints:
        """``[n]``; which (embed_dim, bias) each architecture has, embed_dim major. Noise is pooled within them."""
        groups: Ints = codes[:, EMBED_DIM] * len(self.bias) + codes[:, BIAS]
        return groups

    def active_slots(self, codes: Codes, /) -> Bools:
        """``[n, n_slots]``; which slots hold a layer."""
        active: Bools = np.arange(self.n_slots) < self.depth(codes)[:, None]
        return active

    def active_genes(self, codes: Codes, /) -> Bools:
        """``[n, d]``; which genes mean something: all but those of absent layers."""
        active = self.active_slots(codes)
        return np.concatenate([np.ones((len(codes), FIRST_SLOT), dtype=bool), active, active], axis=1)

    def _clear_absent(self, codes: Codes) -> Codes:
        """Set the genes of absent layers to 0, in place."""
        first = self.n_layer[0]
        if first < self.n_slots:
            optional = self._optional[codes[:, N_LAYER]]
            codes[:, FIRST_SLOT + first : FIRST_SLOT + self.n_slots] *= optional
            codes[:, FIRST_SLOT + self.n_slots + first :] *= optional
        return codes

    @cached_property
    def _optional(self) -> Ints:
        """``[n_layer choices, slots that may be absent]``; 1 where there is a layer."""
        return (np.arange(self.n_layer[0], self.n_slots) < self._depths[:, None]).astype(np.int64)

    def encode(self, architectures: Architecture | Iterable[Architecture], /) -> Codes:
        """Canonical codes ``[n, d]`` of architectures, one row each.

        Raises
        ------
        InputError
            If a value is not among the choices; the architecture, the place and the choices are named.
        """
        if isinstance(architectures, Architecture):
            architectures = [architectures]
        try:
            rows = list(architectures)
        except TypeError:
            raise InputTypeError(f"architectures are {architectures!r}, but must be Architecture objects") from None
        codes = np.zeros((len(rows), self.n_genes), dtype=np.int64)
        for i, architecture in enumerate(rows):
            if not isinstance(architecture, Architecture):
                raise InputTypeError(f"architectures[{i}] is {architecture!r}, but must be an Architecture")
            where = f"architectures[{i}]"
            codes[i, EMBED_DIM] = self._index(f"{where}.embed_dim", architecture.embed_dim, self.embed_dim)
            codes[i, N_LAYER] = self._index(f"{where}.n_layer", architecture.n_layer, self.n_layer)
            codes[i, BIAS] = self._index(f"{where}.bias", architecture.bias, self.bias)
            for slot, (ratio, heads) in enumerate(zip(architecture.mlp_ratio, architecture.n_head, strict=True)):
                codes[i, FIRST_SLOT + slot] = self._index(f"{where}.mlp_ratio[{slot}]", ratio, self.mlp_ratio)
                head_gene = FIRST_SLOT + self.n_slots + slot
                codes[i, head_gene] = self._index(f"{where}.n_head[{slot}]", heads, self.n_head)
        return codes

    def _index(self, where: str, value: Any, choices: tuple[Any, ...]) -> int:
        if value not in choices:
            valid = ", ".join(map(str, choices))
            nearest = nearest_number(value, choices)
            raise InputError(f"{where} is {value!r}, but {self.name!r} offers {valid}{nearest}")
        return choices.index(value)

    def decode(self, codes: Codes, /) -> list[Architecture]:
        """The architectures of ``codes``, one a row; codes need not be canonical."""
        codes = self._check_coding(codes)
        ratios = np.array(self.mlp_ratio)[codes[:, self.mlp_genes]].tolist()
        heads = np.array(self.n_head)[codes[:, self.head_genes]].tolist()
        return [
            Architecture(
                embed_dim=self.embed_dim[code[EMBED_DIM]],
                n_layer=depth,
                mlp_ratio=tuple(ratio[:depth]),
                n_head=tuple(head[:depth]),
                bias=self.bias[code[BIAS]],
            )
            for code, depth, ratio, head in zip(codes, self.depth(codes).tolist(), ratios, heads, strict=True)
        ]

    def counts(self, codes: Codes, /) -> tuple[Ints, Ints]:
        """How many layers take each choice: mlp_ratio ``[n, choices]`` and n_head ``[n, choices]``.

        >>> from hwbench_mo.spaces import SearchSpace
        >>> space = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))
        >>> space.counts(np.array([[0, 1, 1, 1, 1, 0, 1]]))
        (array([[0, 2]]), array([[1, 1]]))
        """
        codes = self._check_coding(codes)
        active = self.active_slots(codes)

        def count(genes: slice, n_choices: int) -> Ints:
            block = codes[:, genes].astype(np.min_scalar_type(n_choices - 1))
            columns = [((block == choice) & active).sum(axis=1) for choice in range(n_choices)]
            return np.stack(columns, axis=1)

        return count(self.mlp_genes, len(self.mlp_ratio)), count(self.head_genes, len(self.n_head))

    def counts_as_floats(self, codes: Codes, /) -> Floats:
        """``[n, mlp choices + n_head choices]``; `counts` side by side."""
        return np.concatenate(self.counts(codes), axis=1).astype(np.float64)
