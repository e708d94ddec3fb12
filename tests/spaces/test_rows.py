"""Spaces of measured rows: nearest rows, neighbours, and architectures that were not measured."""

import json
from itertools import zip_longest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import Architecture, InputError
from hwbench_mo.spaces import TabularSpace
from tests.support.spaces import SMALL, codes_of, space_of
from tests.support.tables import some_rows


def slow_distance(one: Architecture, other: Architecture) -> int:
    """The twin: choices that differ, one at a time; a layer that only one has differs in both of its choices."""
    pairs = [(one.embed_dim, other.embed_dim), (one.n_layer, other.n_layer), (one.bias, other.bias)]
    pairs += list(zip_longest(one.mlp_ratio, other.mlp_ratio)) + list(zip_longest(one.n_head, other.n_head))
    return sum(a != b for a, b in pairs)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 30),
    st.integers(1, 5),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=40)
def test_nearest_agrees_with_its_plain_twin(
    depths: list[int], n_ratios: int, n_heads: int, n_rows: int, k: int, seed: int
) -> None:
    full = space_of(depths, n_ratios, n_heads)
    space = TabularSpace.of(full, some_rows(full, n_rows, seed))
    rng = np.random.default_rng(seed)
    asked = rng.integers(full.n_choices, size=(20, full.n_genes))  # absent layers may hold anything
    avoided = rng.random(space.size) < 0.3
    rows, distances = space.nearest(asked, k)
    others, _ = space.nearest(asked, k, avoid=space.codes[avoided])
    members = space.decode(space.codes)
    for i, architecture in enumerate(full.decode(asked)):
        away = [slow_distance(architecture, member) for member in members]
        expected = sorted(range(len(away)), key=lambda row: (away[row], row))[:k]
        assert rows[i].tolist() == expected
        assert distances[i].tolist() == [away[row] for row in expected]
        wanted = sorted(range(len(away)), key=lambda row: (avoided[row], away[row], row))[:k]
        assert others[i].tolist() == wanted
    repaired = space.repair(asked)
    assert (repaired == space.codes[rows[:, 0]]).all()
    order = rng.permutation(len(asked))
    assert (space.repair(asked[order]) == repaired[order]).all()
    assert (space.repair(space.codes) == space.codes).all()


def test_nearest_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 100, 0))
    asked = codes_of(SMALL)
    whole = space.nearest(asked, 4)
    monkeypatch.setattr("hwbench_mo.spaces.rows.CHUNK_CELLS", 250)
    in_pieces = space.nearest(asked, 4)
    assert (in_pieces[0] == whole[0]).all()
    assert (in_pieces[1] == whole[1]).all()


def test_what_was_not_measured_is_refused_by_name() -> None:
    rows = np.array(
        [
            [0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 1, 1, 1, 1, 0, 2, 1, 2],
            [1, 1, 0, 1, 0, 0, 0, 0, 0],
            [1, 0, 1, 1, 0, 0, 2, 0, 0],
        ]
    )
    space = TabularSpace.of(SMALL, rows)
    message = (
        "codes[1] is embed_dim 64, n_layer 3, bias False, mlp_ratio (4, 4, 2), n_head (4, 2, 4), which was not "
        "measured; nearest of the 4 architectures of 'small_table': "
        "embed_dim 64, n_layer 3, bias True, mlp_ratio (4, 4, 2), n_head (4, 2, 4) (1 gene differs); "
        "embed_dim 128, n_layer 3, bias False, mlp_ratio (4, 2, 2), n_head (1, 1, 1) (5 genes differ); "
        "embed_dim 64, n_layer 1, bias False, mlp_ratio (2), n_head (1) (7 genes differ)"
    )
    asked = np.stack([rows[0], rows[1]])
    asked[1, 2] = 0
    for refuse in (space.validate, space.canonical, space.rows, space.neighbours):
        with pytest.raises(InputError) as caught:
            refuse(asked if refuse != space.neighbours else asked[1])
        assert str(caught.value) == (message if refuse != space.neighbours else message.replace("codes[1]", "codes[0]"))
    with pytest.raises(InputError, match=r"codes\[0, 0\] is 2, but gene 0 of 'small_table' has 2 choices"):
        space.validate(rows + 2)
    with pytest.raises(InputError, match="codes have type float64"):
        space.rows(rows + 0.5)


def test_rows_are_found_whatever_absent_layers_hold() -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 100, 0))
    filled = np.where(space.active_genes(space.codes), space.codes, 1)
    assert (filled != space.codes).any()
    assert (space.rows(filled) == np.arange(space.size)).all()
    assert (space.canonical(filled) == space.codes).all()
    assert (space.validate(filled) == filled).all()
    assert space.find(codes_of(SMALL)).max() == space.size - 1
    assert (space.find(codes_of(SMALL)) >= 0).sum() == space.size
    assert space.rows(space.codes[:0]).shape == (0,)


def test_a_tabular_space_moves_among_its_rows() -> None:
    space = TabularSpace.of(SMALL, some_rows(SMALL, 60, 0))
    rng = np.random.default_rng(0)
    drawn = space.rows(space.sample(6000, rng))
    assert np.bincount(drawn, minlength=space.size) == pytest.approx(np.full(space.size, 6000 / space.size), abs=60)
    for row in range(5):
        near = space.rows(space.neighbours(space.codes[row]))
        assert near.tolist() == [other for other in space.nearest(space.codes[[row]], 11)[0][0] if other != row]
        stepped = space.rows(space.random_neighbours(np.repeat(space.codes[[row]], 300, axis=0), rng))
        assert set(stepped.tolist()) == set(near.tolist())
    assert space.codes[0].tolist() == next(space.enumerate()).tolist()
    assert len(list(space.enumerate())) == space.size


def test_wrong_rows_are_refused() -> None:
    rows = some_rows(SMALL, 5, 0)
    with pytest.raises(InputError, match=r"rows 1 and 5 of space 'small_table' are one architecture, embed_dim "):
        TabularSpace.of(SMALL, np.concatenate([rows, rows[[1]]]))
    with pytest.raises(InputError, match="'small_table' has no rows"):
        TabularSpace.of(SMALL, rows[:0])
    alone = TabularSpace.of(SMALL, rows[:1])
    with pytest.raises(InputError, match="holds one architecture, which has no neighbour"):
        alone.neighbours(rows[0])
    with pytest.raises(InputError, match="holds one architecture, which has no neighbour"):
        alone.random_neighbours(rows[:1], np.random.default_rng(0))


def test_facts_are_few_and_tell_spaces_apart() -> None:
    rows = some_rows(SMALL, 100, 0)
    space = TabularSpace.of(SMALL, rows)
    assert len(json.dumps(space.facts)) < 400
    assert space.facts["name"] == "small_table"
    assert space.full == SMALL
    assert space == TabularSpace.of(SMALL, rows)
    assert space != TabularSpace.of(SMALL, rows[1:])
