"""Search spaces: sizes, codes, sampling, neighbours, and what is refused."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo import SPACES, Architecture, InputError, SearchSpace
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.coding import N_LAYER
from tests.support.spaces import SMALL, codes_of

names = pytest.mark.parametrize("name", list(SPACES))


@pytest.mark.parametrize(
    ("name", "size", "width"), [("gpt_s", 1.90e12, 27), ("gpt_m", 5.38e23, 51), ("gpt_l", 1.52e35, 75)]
)
def test_sizes_and_widths(name: str, size: float, width: int) -> None:
    space = get_space(name)
    assert space.size == pytest.approx(size, rel=0.005)
    assert space.n_genes == width


def test_size_is_the_number_of_canonical_codes() -> None:
    codes = codes_of(SMALL)
    assert len(np.unique(codes, axis=0)) == SMALL.size == 888
    assert (SMALL.canonical(codes) == codes).all()


@names
@given(seed=st.integers(0, 2**32))
def test_encoding_undoes_decoding(name: str, seed: int) -> None:
    space = get_space(name)
    codes = space.sample(5, np.random.default_rng(seed))
    assert (space.encode(space.decode(codes)) == codes).all()


@names
@given(seed=st.integers(0, 2**32))
def test_canonical_form_is_the_same_architecture_and_its_own_canonical_form(name: str, seed: int) -> None:
    space = get_space(name)
    codes = np.random.default_rng(seed).integers(space.n_choices, size=(5, space.n_genes))
    canonical = space.canonical(codes)
    assert space.decode(codes) == space.decode(canonical)
    assert (space.canonical(canonical) == canonical).all()
    assert (canonical[~space.active_genes(canonical)] == 0).all()


@names
def test_counts_are_those_of_the_architecture(name: str) -> None:
    space = get_space(name)
    codes = space.sample(50, np.random.default_rng(0))
    mlp, head = space.counts(codes)
    for architecture, ratios, heads in zip(space.decode(codes), mlp, head, strict=True):
        assert dict(zip(space.mlp_ratio, ratios, strict=True)) == {
            ratio: Counter(architecture.mlp_ratio)[ratio] for ratio in space.mlp_ratio
        }
        assert heads.tolist() == [Counter(architecture.n_head)[n_head] for n_head in space.n_head]


@names
def test_sampling_is_uniform_choice_by_choice(name: str) -> None:
    space = get_space(name)
    n = 20_000
    codes = space.sample(n, np.random.default_rng(1))
    active = space.active_genes(codes)
    for gene in range(space.n_genes):
        drawn = codes[active[:, gene], gene]
        shares = np.bincount(drawn, minlength=space.n_choices[gene]) / len(drawn)
        # Five standard deviations of the rarest: about one in a million fails, for all genes of all spaces together.
        assert np.abs(shares - 1 / space.n_choices[gene]).max() < 5 * np.sqrt(0.25 / len(drawn))
    assert (space.canonical(codes) == codes).all()


def test_a_million_codes_take_no_loop_over_architectures() -> None:
    space = get_space("gpt_s")
    codes = space.sample(1_000_000, np.random.default_rng(0))
    mlp, head = space.counts(codes)
    assert (mlp.sum(axis=1) == space.depth(codes)).all()
    assert (head.sum(axis=1) == space.depth(codes)).all()


@names
def test_neighbours_differ_in_one_choice(name: str) -> None:
    space = get_space(name)
    (code,) = space.sample(1, np.random.default_rng(3))
    neighbours = space.neighbours(code)
    assert len(np.unique(neighbours, axis=0)) == len(neighbours)
    active = space.active_genes(code[None])[0]
    assert len(neighbours) == (space.n_choices[active] - 1).sum()
    for neighbour in neighbours:
        _assert_one_change(space, code, neighbour)


@names
@given(seed=st.integers(0, 2**32))
def test_random_neighbours_differ_in_one_choice(name: str, seed: int) -> None:
    space = get_space(name)
    rng = np.random.default_rng(seed)
    codes = space.sample(20, rng)
    for code, neighbour in zip(codes, space.random_neighbours(codes, rng), strict=True):
        _assert_one_change(space, code, neighbour)


def _assert_one_change(space: SearchSpace, code: np.ndarray, neighbour: np.ndarray) -> None:
    shared = space.active_genes(code[None])[0] & space.active_genes(neighbour[None])[0]
    changed = np.flatnonzero((code != neighbour) & shared)
    assert len(changed) == 1
    if code[N_LAYER] == neighbour[N_LAYER]:
        assert (code != neighbour).sum() == 1


def test_random_neighbours_reach_every_architecture() -> None:
    rng = np.random.default_rng(0)
    codes = SMALL.sample(64, rng)
    seen = {code.tobytes() for code in codes}
    for _ in range(600):
        codes = SMALL.random_neighbours(codes, rng)
        seen |= {code.tobytes() for code in codes}
    assert len(seen) == SMALL.size


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda codes: codes.astype(float), "type float64, but choice indices are integers"),
        (lambda codes: codes[:, :-1], r"shape \(4, 26\), but 'gpt_s' needs \[n, 27\]"),
        (lambda codes: codes[0], r"needs \[n, 27\]"),
        (lambda codes: [[0, 1], [0]], "unequal width"),
        (lambda codes: _with(codes, (2, 0), 3), r"codes\[2, 0\] is 3, but gene 0 of 'gpt_s' has 3 choices"),
        (lambda codes: _with(codes, (1, 5), -1), r"codes\[1, 5\] is -1"),
        (lambda codes: _with(codes, (3, 2), 2), r"codes\[3, 2\] is 2, but gene 2 of 'gpt_s' has 2 choices"),
    ],
)
def test_wrong_codes_are_refused(change, message: str) -> None:  # type: ignore[no-untyped-def]
    space = get_space("gpt_s")
    with pytest.raises(InputError, match=message):
        space.validate(change(space.sample(4, np.random.default_rng(0))))


def _with(codes: np.ndarray, place: tuple[int, int], value: int) -> np.ndarray:
    codes[place] = value
    return codes


def test_no_codes_are_valid() -> None:
    assert get_space("gpt_s").validate(np.empty((0, 27), dtype=np.int64)).shape == (0, 27)


def test_wrong_architectures_are_refused() -> None:
    with pytest.raises(InputError, match="mlp_ratio has 9 entries, but n_layer is 10"):
        Architecture(embed_dim=192, n_layer=10, mlp_ratio=(2,) * 9, n_head=(4,) * 10, bias=True)
    space = get_space("gpt_s")
    good = Architecture(embed_dim=192, n_layer=10, mlp_ratio=(2,) * 10, n_head=(4,) * 10, bias=True)
    wrong_heads = Architecture(embed_dim=192, n_layer=10, mlp_ratio=(2,) * 10, n_head=(4,) * 9 + (5,), bias=True)
    with pytest.raises(InputError, match=r"architectures\[1\].n_head\[9\] is 5, .* offers 4, 8, 12 \(nearest: 4\)"):
        space.encode([good, wrong_heads])
    with pytest.raises(InputError, match=r"architectures\[0\].embed_dim is 200, .*\(nearest: 192\)"):
        space.encode(Architecture(embed_dim=200, n_layer=1, mlp_ratio=(2,), n_head=(4,), bias=True))


def test_wrong_spaces_are_refused() -> None:
    with pytest.raises(InputError, match=r"n_layer of space 'odd' .* ascending"):
        SearchSpace(name="odd", embed_dim=(64,), n_layer=(2, 1), mlp_ratio=(2,), n_head=(1,))
    with pytest.raises(InputError, match="unknown space 'gpt-s'; valid, nearest first: gpt_s"):
        get_space("gpt-s")
