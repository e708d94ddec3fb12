"""The non-dominated sums over the layers of one kind, mlp_ratio or n_head, by dynamic programming."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.errors import InputError
from hwbench_mo.pareto import nondominated
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Bools, Floats, Ints

MOST_SUMS = 20_000_000
"""Numbers held at once, at most; beyond, the front is refused rather than the memory filled."""


class State(NamedTuple):
    """What two partial sums must have in common so that one can dominate the other for good."""

    by_counts: bool
    """How many layers take each choice: some objective has products of counts."""
    by_last: bool
    """The last layer's choice: some objective has entries for pairs of neighbours."""
    varying: Bools
    """``[m]``; objectives that can differ within a state."""

    @staticmethod
    def of(models: Sequence[AdditiveModel]) -> "State":
        """What the dynamic program of these objectives needs."""
        by_counts = any(model.products is not None for model in models)
        varying = np.array([model.by_order or not by_counts for model in models])
        return State(by_counts, any(model.has_pairs for model in models), varying)


class Chain(NamedTuple):
    """What every layer of one kind adds, for one width and bias; every objective minimised."""

    entries: Floats
    """``[s, c, m]``."""
    pairs: Floats
    """``[s - 1, c, c, m]``; zeros where no objective has any."""

    @staticmethod
    def of(
        space: SearchSpace,
        kind: str,
        models: Sequence[AdditiveModel],
        signs: Sequence[float],
        e: int,
        b: int,
        depth: int,
    ) -> "Chain":
        """Of ``mlp`` or ``head``; ``depth`` is an index."""
        n_choices = len(space.mlp_ratio if kind == "mlp" else space.n_head)
        entries = np.zeros((space.n_slots, n_choices, len(models)))
        pairs = np.zeros((space.n_slots - 1, n_choices, n_choices, len(models)))
        for column, (model, sign) in enumerate(zip(models, signs, strict=True)):
            entries[..., column] = sign * getattr(model, kind)[e, b]
            if (by_depth := getattr(model, f"{kind}_by_depth")) is not None:
                entries[..., column] += sign * by_depth[e, b, depth]
            if (together := getattr(model, f"{kind}_pairs")) is not None:
                pairs[..., column] = sign * together[e, b]
        return Chain(entries, pairs)


class Partial(NamedTuple):
    """Sums over the slots of one kind that no other dominates, and what attains them."""

    sums: Floats
    """``[n, m]``."""
    choices: NDArray[np.unsignedinteger]
    """``[n, s]``."""
    counts: Ints
    """``[n, c]``; how many layers take each choice. Equal counts stand together if sums are kept by counts."""


def over_layers(chain: Chain, depths: Sequence[int], state: State) -> dict[int, Partial]:
    """For each depth, the non-dominated sums over that many layers, within each state."""
    n_slots, n_choices, m = chain.entries.shape
    sums = np.zeros((1, m))
    choices = np.zeros((1, n_slots), dtype=np.min_scalar_type(n_choices - 1))
    counts = np.zeros((1, n_choices), dtype=np.int64)
    partial: dict[int, Partial] = {}
    for slot in range(max(depths)):
        check_memory(sums.size * n_choices)
        added = chain.entries[slot][None]
        if state.by_last and slot > 0:
            added = added + chain.pairs[slot - 1][choices[:, slot - 1]]
        extended = (sums[:, None] + added).reshape(-1, m)
        last = np.tile(np.arange(n_choices), len(sums))
        counts = np.repeat(counts, n_choices, axis=0)
        counts[np.arange(len(last)), last] += 1
        by_counts = _number(counts) if state.by_counts else np.zeros(len(last), dtype=np.int64)
        kept = _kept_within(by_counts * n_choices + last if state.by_last else by_counts, extended, state.varying)
        sums, choices, counts, by_counts = extended[kept], choices[kept // n_choices], counts[kept], by_counts[kept]
        choices[:, slot] = last[kept]
        if slot + 1 in depths:
            final = _kept_within(by_counts, sums, state.varying) if state.by_last else np.arange(len(sums))
            final = final[np.argsort(by_counts[final], kind="stable")]
            partial[slot + 1] = Partial(sums[final], choices[final], counts[final])
    return partial


def check_memory(n_numbers: int) -> None:
    """Raise `InputError` if so many numbers are too many to hold."""
    if n_numbers > MOST_SUMS:
        raise InputError(
            "the exact front of these objectives is too large to compute; leave one out: at most two "
            "of them may depend on the order of layers (perplexity, accuracy, energy@p100 on gpt_m and gpt_l)"
        )


def _number(counts: Ints) -> Ints:
    """``[n]``; the place of each row's counts among the distinct ones of all rows."""
    key: Ints = np.unique(counts, axis=0, return_inverse=True)[1].reshape(-1)
    return key


def _kept_within(states: Ints, sums: Floats, varying: Bools) -> NDArray[np.intp]:
    """Rows of ``sums`` that no row of the same state dominates, ascending; of equal ones, the first."""
    columns = sums[:, varying]
    if columns.shape[1] and not states.any():
        return np.flatnonzero(nondominated(columns))
    if columns.shape[1] > 2:
        order = np.argsort(states, kind="stable")
        blocks = np.split(order, np.flatnonzero(np.diff(states[order])) + 1)
        return np.sort(np.concatenate([block[nondominated(columns[block])] for block in blocks]))
    order = np.lexsort((*columns.T[::-1], states))
    is_first = np.diff(states[order], prepend=-1) != 0
    if columns.shape[1] < 2:
        return np.sort(order[is_first])
    # Within a state and in the order of the first objective, the second must be below all before it. Ranks fall from
    # one state to the next, so that one pass goes through all of them.
    rank = np.unique(columns[order, 1], return_inverse=True)[1].reshape(-1)
    falling = rank - np.cumsum(is_first) * (len(rank) + 1)
    below = np.ones(len(order), dtype=bool)
    below[1:] = falling[1:] < np.minimum.accumulate(falling)[:-1]
    return np.sort(order[below])
