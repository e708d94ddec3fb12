"""Which architectures are measured: balanced, all different, corners among them, better than random ones."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import SPACES, SearchSpace
from hwbench_mo.fitting.sufficiency import refuse_few
from hwbench_mo.profiling.design import Design, Unit, corners, regressors
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from tests.support.spaces import codes_of

SHIPPED = [SPACES[name] for name in ("gpt_s", "gpt_m", "gpt_l")]
TINY = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1, 2), mlp_ratio=(2, 4), n_head=(1, 2))


def units_of(space: SearchSpace, n: int, *, held_out: float = 0.1, seed: int = 0) -> list[Unit]:
    return list(islice(Design(space, held_out=held_out, seed=seed).units(), n))


def codes_in(units: list[Unit], *roles: str) -> np.ndarray:
    rows = [row for unit in units for row in (*unit.rows, unit.reference)]
    return np.array([row.code for row in rows if row.role in roles])


@given(st.sampled_from(SHIPPED), st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.3]))
@settings(deadline=None, max_examples=15)
def test_either_half_of_the_rows_holds_every_group_equally_often(
    space: SearchSpace, seed: int, held_out: float
) -> None:
    units = units_of(space, 12, held_out=held_out, seed=seed)
    fitted = codes_in(units, "fit")
    for half in (fitted[::2], fitted[1::2]):
        assert np.bincount(space.groups(half)).tolist() == [6] * 6
    refuse_few(space, fitted, "latency")
    refuse_few(space, codes_in(units, "fit", "reference"), "latency")
    kept = codes_in(units, "held_out")
    assert len(kept) == round(len(fitted) * held_out / (1 - held_out))
    every = np.concatenate([fitted, kept]) if len(kept) else fitted
    assert len(np.unique(every, axis=0)) == len(every)
    np.testing.assert_array_equal(space.canonical(every), every)
    assert all(unit.reference.code not in {row.code for row in unit.rows} for unit in units)


def test_a_design_comes_again_and_another_seed_gives_another() -> None:
    one, same, other = (units_of(SPACES["gpt_m"], 6, seed=seed) for seed in (3, 3, 4))
    assert one == same != other


def test_corners_are_architectures_whose_layers_are_all_alike() -> None:
    space = SPACES["gpt_s"]
    found = corners(space)
    assert len(np.unique(found, axis=0)) == len(found) == 3 * 3 * 2 * 9
    for architecture in space.decode(found):
        assert len(set(architecture.mlp_ratio)) == len(set(architecture.n_head)) == 1
    fitted = codes_in(units_of(space, 12), "fit")
    known = {tuple(code) for code in found.tolist()}
    assert sum(tuple(code) in known for code in fitted.tolist()) == len(fitted) // 2


@pytest.mark.parametrize("space", SHIPPED, ids=lambda space: space.name)
def test_corners_are_predicted_better_than_by_random_architectures(space: SearchSpace) -> None:
    """As little as a half of the standard error at the corners, for as many architectures."""
    fitted, at = codes_in(units_of(space, 12), "fit"), regressors(space, corners(space))
    errors = []
    for codes in (fitted, space.sample(len(fitted), np.random.default_rng(0))):
        own = (
            codes[(codes[:, EMBED_DIM] == 0) & (codes[:, BIAS] == 0)] if codes is fitted else codes[: len(fitted) // 6]
        )
        x = regressors(space, own)
        errors.append(np.sqrt(np.einsum("np,pq,nq->n", at, np.linalg.inv(x.T @ x), at)).mean())
    assert errors[0] < errors[1] / 2


def test_a_small_space_ends_the_design() -> None:
    units = units_of(TINY, 1000, held_out=0.0)
    measured = codes_in(units, "fit")
    assert 20 < len(measured) <= len(codes_of(TINY))
    assert len(np.unique(measured, axis=0)) == len(measured)


def test_energies_are_asked_of_fits_and_of_random_rows_held_out() -> None:
    units = units_of(SPACES["gpt_s"], 12, held_out=0.3)
    rows = [row for unit in units for row in unit.rows]
    assert all(row.energy for row in rows if row.role == "fit")
    assert [row.energy for row in rows if row.role == "held_out"][:6] == [True, True, False, True, True, False]
    assert sum(unit.reference.energy for unit in units) == 6
