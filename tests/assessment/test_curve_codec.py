"""Curves as whole numbers: what they lose, and that what must stay stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo.assessment.curve_codec import (
    LEAST,
    Scale,
    bits_that_suffice,
    changes,
    linear,
    logarithmic,
    restored,
    rounded,
    values_of,
)
from hwbench_mo.typing import Floats

BITS = st.lists(st.integers(4, 20), min_size=1, max_size=6)


@given(BITS, st.integers(0, 2**31))
def test_values_come_back_within_half_a_step(bits: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).random((5, len(bits)))
    for scale in (logarithmic(0), linear(0)):
        found = values_of(changes(values, scale, bits), scale, bits)
        for column, truth, own in zip(found.T, values.T, bits, strict=True):
            off = np.abs(scale.forward(column) - scale.forward(truth))
            assert (off <= 2.0**-own / 2 + 1e-9).all()


@given(BITS, BITS)
def test_what_does_not_change_is_kept_as_zeros(coarse: list[int], fine: list[int]) -> None:
    values = np.full((3, len(coarse)), 0.3)
    same = [coarse[0]] * len(coarse)
    assert not changes(values, logarithmic(0), same)[:, 1:].any()
    assert np.abs(changes(values, logarithmic(0), sorted(coarse, reverse=True))[:, 1:]).max(initial=0) <= 1


def test_nothing_and_less_than_the_least_are_nothing() -> None:
    values = np.array([0.0, LEAST / 2, LEAST, 1.0])
    assert restored(rounded(values, logarithmic(8), 8), logarithmic(8), 8).tolist() == [0.0, 0.0, 0.0, 1.0]


def test_shares_of_points_are_exact() -> None:
    scale = linear(0, per=1 / 397)
    shares = np.arange(398)[None] / 397
    assert values_of(changes(shares, scale, [0] * 398), scale, [0] * 398) == pytest.approx(shares, abs=1e-15)


@pytest.mark.parametrize("scale", [linear(0), logarithmic(0)])
def test_bits_are_as_many_as_the_order_needs(scale: Scale) -> None:
    values = np.array([0.3, 0.3 * (1 + 1e-5), 0.7])

    def same(found: Floats) -> bool:
        return bool((np.diff(found) > 0).all())

    bits = bits_that_suffice(values, same, scale, least=8)
    assert 8 < bits < 24
    assert same(restored(rounded(values, scale, bits), scale, bits))
    assert not same(restored(rounded(values, scale, bits - 1), scale, bits - 1))
