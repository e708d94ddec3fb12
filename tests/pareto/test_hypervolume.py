"""Hypervolume: closed forms, invariants, and every prefix against moocore."""

import moocore
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hwbench_mo import InputError, hypervolume, hypervolume_curve


def test_hypervolume_of_a_staircase() -> None:
    n = 10
    steps = np.stack([np.arange(n), np.arange(n)[::-1]], axis=1).astype(float)
    assert hypervolume(steps, reference=np.array([n, n], dtype=float)) == n * (n + 1) / 2
    assert hypervolume(np.array([[3.0]]), reference=np.array([5.0])) == 2


@given(st.integers(1, 3), st.integers(1, 30), st.integers(0, 2**32))
@example(3, 18, 1441900)  # where rounding depended on the order of the points
def test_the_curve_is_the_hypervolume_of_every_prefix(m: int, n: int, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0, 1.5, (n, m)).round(1)  # ties, and points beyond the reference
    reference = np.ones(m)
    curve = hypervolume_curve(values, reference=reference)
    expected = [hypervolume(values[: i + 1], reference=reference) for i in range(n)]
    assert curve == pytest.approx(expected, abs=1e-12)
    assert (np.diff(curve) >= 0).all()
    assert curve[-1] == expected[-1]  # to the bit: in whichever order the points came
    if m > 1:
        assert curve[-1] == pytest.approx(moocore.hypervolume(values, ref=reference), abs=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    values = np.array([[0.5, 0.5], [bad, 0.1]])
    with pytest.raises(InputError, match=r"values\[1, 0\] is (nan|inf), but must be finite"):
        hypervolume(values, reference=np.ones(2))
    with pytest.raises(InputError, match="must be finite"):
        hypervolume_curve(values, reference=np.ones(2))
    with pytest.raises(InputError, match="needs \\[n, 3\\]"):
        hypervolume(values, reference=np.ones(3))
