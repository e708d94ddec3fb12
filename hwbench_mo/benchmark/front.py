"""The exact Pareto front of additive objectives, by dynamic programming over layers.

Given width, depth and bias, every objective is a sum over layers, and the mlp entries and the head entries of all
layers add up independently. Layer by layer, the program keeps the vectors of partial sums that no other dominates:
what is dominated now stays dominated whatever is added to both (Nemhauser & Ullmann, 1969). Hardware objectives depend
on counts alone, but for an energy or two, so that partial sums coincide and few are kept: at most one for each count of
choices with one objective that depends on the order of layers, some thousands with two. Sums are exact (see
`hwbench_mo.surrogates.additive.quantise`), and so is the front.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.errors import InputError
from hwbench_mo.pareto import nondominated
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Values, read_only

MOST_SUMS = 20_000_000
"""Numbers held at once, at most; beyond, the front is refused rather than the memory filled."""


class ParetoFront(NamedTuple):
    """All non-dominated values and, for each, one architecture that attains it; ascending in the first objective."""

    codes: Codes
    """``[n, d]``, canonical."""
    values: Values
    """``[n, m]``; every column minimised."""


class _Partial(NamedTuple):
    """Non-dominated sums over the slots of one kind, and the choices that attain them."""

    sums: Floats  # [n, m]
    choices: NDArray[np.unsignedinteger]  # [n, slots]


def signs_of(objectives: Sequence[str]) -> Floats:
    """``[m]``; -1 where the metric is maximised: values times signs are minimised."""
    return np.array([Target.parse(name).sign for name in objectives])


def front_of(codes: Codes, values: Values) -> ParetoFront:
    """The non-dominated among ``codes`` ``[n, d]`` of minimised ``values`` ``[n, m]``; of equal values, the first."""
    order = np.lexsort(values.T[::-1])
    kept = order[nondominated(values[order])]
    return ParetoFront(read_only(codes[kept]), read_only(values[kept]))


def candidate_codes(space: SearchSpace, models: Sequence[AdditiveModel], signs: Sequence[float]) -> Codes:
    """Canonical codes ``[n, d]`` that attain every point of the exact front of ``sign * model``, all minimised."""
    values: list[Floats] = []
    codes: list[Codes] = []
    for e, b in product(range(len(space.embed_dim)), range(len(space.bias))):
        mlp = _over_layers(space, [sign * model.mlp[e, b] for model, sign in zip(models, signs, strict=True)])
        head = _over_layers(space, [sign * model.head[e, b] for model, sign in zip(models, signs, strict=True)])
        for depth_index, depth in enumerate(space.n_layer):
            base = np.array([sign * model.base[e, b, depth_index] for model, sign in zip(models, signs, strict=True)])
            found, at_mlp, at_head = _combine(mlp[depth], head[depth])
            block = np.zeros((len(found), space.n_genes), dtype=np.int64)
            block[:, [EMBED_DIM, N_LAYER, BIAS]] = e, depth_index, b
            block[:, space.mlp_genes] = mlp[depth].choices[at_mlp]
            block[:, space.head_genes] = head[depth].choices[at_head]
            # Within one width and bias, what is done to a sum last is increasing: what is best stays best. Across
            # them, values are compared.
            sums = (found + base) * np.array(signs)
            at = np.full(len(sums), e), np.full(len(sums), b)
            columns = [
                model.value(sums[:, i], *at) * sign for i, (model, sign) in enumerate(zip(models, signs, strict=True))
            ]
            values.append(np.stack(columns, axis=1))
            codes.append(block)
    kept = nondominated(np.concatenate(values))
    return np.concatenate(codes)[kept]


def _over_layers(space: SearchSpace, tables: Sequence[Floats]) -> dict[int, _Partial]:
    """For each depth, the non-dominated sums over that many layers; a table is ``[slots or 1, choices]``."""
    n_choices = tables[0].shape[1]
    per_slot = np.stack([np.broadcast_to(table, (space.n_slots, n_choices)) for table in tables], axis=2)
    sums = np.zeros((1, len(tables)))
    choices = np.zeros((1, space.n_slots), dtype=np.min_scalar_type(n_choices - 1))
    partial: dict[int, _Partial] = {}
    for slot in range(space.n_slots):
        _check_memory(sums.size * n_choices)
        extended = (sums[:, None] + per_slot[slot]).reshape(-1, len(tables))
        kept = np.flatnonzero(nondominated(extended))
        sums, choices = extended[kept], choices[kept // n_choices]
        choices[:, slot] = kept % n_choices
        if slot + 1 in space.n_layer:
            partial[slot + 1] = _Partial(sums, choices)
    return partial


def _combine(mlp: _Partial, head: _Partial) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Non-dominated sums of one of each, and which they are."""
    _check_memory(mlp.sums.size * len(head.sums))
    pairs = (mlp.sums[:, None] + head.sums).reshape(-1, mlp.sums.shape[1])
    kept = np.flatnonzero(nondominated(pairs))
    return pairs[kept], kept // len(head.sums), kept % len(head.sums)


def _check_memory(n_numbers: int) -> None:
    if n_numbers > MOST_SUMS:
        raise InputError(
            "the exact front of these objectives is too large to compute; it is known for any two objectives, and for "
            "three of which one depends on the order of layers (perplexity, accuracy, energy@p100 on gpt_m and gpt_l)"
        )
