"""What a model may have beside entries for each layer: regressors, penalties and tables of each term.

None of them depends on bias: what bias changes of them is below what data can tell.
"""

from dataclasses import dataclass, fields

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import N_LAYER
from hwbench_mo.typing import Bools, Codes, Floats

PRODUCT_PENALTY = 0.1
"""Ridge penalty on products of counts. It hardly matters: there are ten of them, and thousands of architectures."""


@dataclass(frozen=True)
class Terms:
    """Which terms a model has beside entries for each layer."""

    by_depth: bool = False
    """Entries of a layer by the number of layers."""
    pairs: bool = False
    """Entries for the choices of neighbouring layers of one kind."""
    products: bool = False
    """Products of choice counts."""

    @property
    def names(self) -> list[str]:
        """Names of the terms that there are."""
        return [field.name for field in fields(self) if getattr(self, field.name)]

    def __or__(self, other: "Terms") -> "Terms":
        """The terms that either has."""
        return Terms(**dict.fromkeys({*self.names, *other.names}, True))


LADDER = (
    Terms(),
    Terms(by_depth=True),
    Terms(by_depth=True, pairs=True),
    Terms(by_depth=True, products=True),
    Terms(by_depth=True, pairs=True, products=True),
)
"""The sets of terms to choose from, simplest first."""


def contrasts(gene: np.ndarray, active: Bools, n_choices: int) -> Floats:
    """``[n, c - 1]``; one column for each choice but the first, which add up to 0 over the choices; 0 where absent."""
    one_hot = gene[:, None] == np.arange(1, n_choices)
    return np.where(active[:, None], one_hot - 1.0 / n_choices, 0.0)


def spread(effects: Floats, axis: int) -> Floats:
    """Effects of contrasts as entries of choices: one more along the axis, and all add up to 0."""
    first = (
        np.zeros_like(effects.take([0], axis=axis)) if effects.shape[axis] else effects.sum(axis=axis, keepdims=True)
    )
    table: Floats = np.concatenate([first, effects], axis=axis)
    table -= effects.sum(axis=axis, keepdims=True) / table.shape[axis]
    return table


def _kinds(space: SearchSpace) -> list[tuple[str, slice, int]]:
    return [("mlp", space.mlp_genes, len(space.mlp_ratio)), ("head", space.head_genes, len(space.n_head))]


def design(space: SearchSpace, codes: Codes, terms: Terms) -> Floats:
    """``[n, q]``; the regressors of all terms, side by side."""
    n, n_depths = len(codes), len(space.n_layer)
    active = space.active_slots(codes)
    depth = (codes[:, [N_LAYER]] == np.arange(1, n_depths)) - 1.0 / n_depths
    columns, sums = [np.zeros((n, 0))], []
    for _, genes, n_choices in _kinds(space):
        block = codes[:, genes]
        layers = np.stack([contrasts(block[:, s], active[:, s], n_choices) for s in range(space.n_slots)], axis=1)
        sums.append(layers.sum(axis=1))
        if terms.by_depth:
            columns.append((layers[..., None] * depth[:, None, None]).reshape(n, -1))
        if terms.pairs:
            columns.append((layers[:, :-1, :, None] * layers[:, 1:, None]).reshape(n, -1))
    if terms.products:
        every = np.concatenate(sums, axis=1)
        i, j = np.triu_indices(every.shape[1])
        columns.append(every[:, i] * every[:, j])
    return np.concatenate(columns, axis=1)


def over(matrix: Floats, n: int) -> Floats:
    """The matrix for each of n effects that do not penalise each other, effects running fastest."""
    return np.asarray(np.kron(matrix, np.eye(n)), dtype=np.float64)


def penalties(space: SearchSpace, terms: Terms, over_slots: Floats, over_pairs: Floats) -> list[Floats]:
    """Blocks of the penalty matrix, in the order of `design`, from matrices over slots and over pairs of slots."""
    blocks: list[Floats] = []
    for _, _, n_choices in _kinds(space):
        if terms.by_depth:
            blocks.append(over(over_slots, (n_choices - 1) * (len(space.n_layer) - 1)))
        if terms.pairs:
            blocks.append(over(over_pairs, (n_choices - 1) ** 2))
    if terms.products:
        k = len(space.mlp_ratio) + len(space.n_head) - 2
        blocks.append(PRODUCT_PENALTY * np.eye(k * (k + 1) // 2))
    return blocks


def tables(space: SearchSpace, coefficients: Floats, terms: Terms) -> dict[str, Floats]:
    """Coefficients ``[e, q, r]`` as r sets of tables, by name: the inverse of `design`."""
    e, _, r = coefficients.shape
    b, n_depths = len(space.bias), len(space.n_layer)
    found: dict[str, Floats] = {}
    at = 0

    def take(*shape: int) -> Floats:
        nonlocal at
        n_columns = int(np.prod(shape))
        at += n_columns
        return coefficients[:, at - n_columns : at].reshape(e, *shape, r)

    for name, _, n_choices in _kinds(space):
        if terms.by_depth:
            effects = spread(spread(take(space.n_slots, n_choices - 1, n_depths - 1), 2), 3)
            found[f"{name}_by_depth"] = effects.transpose(0, 3, 1, 2, 4)
        if terms.pairs:
            found[f"{name}_pairs"] = spread(spread(take(space.n_slots - 1, n_choices - 1, n_choices - 1), 2), 3)
    if terms.products:
        n_mlp, n_head = len(space.mlp_ratio), len(space.n_head)
        k = n_mlp + n_head - 2
        half = np.zeros((e, k, k, r))
        half[:, *np.triu_indices(k)] = take(k * (k + 1) // 2) / 2
        full = half + half.transpose(0, 2, 1, 3)
        for axis in (1, 2):
            mlp, head = np.split(full, [n_mlp - 1], axis=axis)
            full = np.concatenate([spread(mlp, axis), spread(head, axis)], axis=axis)
        found["products"] = full
    return {name: np.repeat(table[:, None], b, axis=1) for name, table in found.items()}
