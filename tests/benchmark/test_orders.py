from collections.abc import Sequence
from itertools import product
from math import comb

import numpy as np
import pytest

from hwbench_mo.benchmark.orders import Orders, count_vectors
from hwbench_mo.surrogates import AdditiveModel
from tests.support.spaces import random_model, space_of


def test_count_vectors_are_all_of_them() -> None:
    for n_layers, n_choices in product((1, 2, 5), (1, 2, 4)):
        vectors = count_vectors(n_layers, n_choices)
        brute = [row for row in product(range(n_layers + 1), repeat=n_choices) if sum(row) == n_layers]
        assert vectors.tolist() == [list(row) for row in brute]
        assert len(vectors) == comb(n_layers + n_choices - 1, n_choices - 1)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("kind", ["mlp", "head"])
@pytest.mark.parametrize("terms", [(), ("by_depth",), ("by_depth", "pairs")])
def test_least_sums_are_those_of_every_order(terms: tuple[str, ...], kind: str, sign: float) -> None:
    space = space_of([2, 4], 3, 2)
    model = random_model(space, np.random.default_rng(0), slots=space.n_slots, terms=terms)
    orders = Orders.of(space, kind, model, sign)
    n_choices = 3 if kind == "mlp" else 2
    for group, (e, b, depth) in enumerate(product(range(2), range(2), range(2))):
        n_layers = space.n_layer[depth]
        vectors = count_vectors(n_layers, n_choices)
        best: dict[tuple[int, ...], float] = {}
        for choices in product(range(n_choices), repeat=n_layers):
            total = sum(_entry(model, kind, e, b, depth, slot, choices) for slot in range(n_layers))
            counts = tuple(np.bincount(choices, minlength=n_choices).tolist())
            best[counts] = min(best.get(counts, np.inf), sign * total)
        assert orders.least[n_layers][group].tolist() == [best[tuple(row)] for row in vectors.tolist()]
        found = orders.choices(group, n_layers, np.arange(len(vectors)))
        for row, choices in zip(vectors.tolist(), found.tolist(), strict=True):
            assert np.bincount(choices, minlength=n_choices).tolist() == row
            total = sum(_entry(model, kind, e, b, depth, slot, choices) for slot in range(n_layers))
            assert sign * total == best[tuple(row)]


def _entry(model: AdditiveModel, kind: str, e: int, b: int, depth: int, slot: int, choices: Sequence[int]) -> float:
    total = getattr(model, kind)[e, b, slot, choices[slot]]
    if (by_depth := getattr(model, f"{kind}_by_depth")) is not None:
        total = total + by_depth[e, b, depth, slot, choices[slot]]
    if (pairs := getattr(model, f"{kind}_pairs")) is not None and slot > 0:
        total = total + pairs[e, b, slot - 1, choices[slot - 1], choices[slot]]
    return float(total)


def test_without_a_model_any_order_will_do() -> None:
    space = space_of([3], 2, 2)
    orders = Orders.of(space, "mlp", None, 1.0)
    assert np.bincount(orders.choices(0, 3, np.array([1]))[0], minlength=2).tolist() == [1, 2]
