"""Attainment surfaces and their differences, against counting."""

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.assessment import Group, attainment_difference, attainment_surfaces
from tests.support.comparisons import run_of


def group_with(label: str, seed: int, *, n: int = 8, m: int = 2) -> Group:
    rng = np.random.default_rng(seed)
    runs = [run_of(0.1, place, front=rng.uniform(size=(6, m)).tolist()) for place in range(n)]
    return Group(label, runs, {})


def share_attaining(group: Group, point: np.ndarray) -> float:
    return float(np.mean([(run.front <= point).all(axis=1).any() for run in group.runs]))


@pytest.mark.parametrize("m", [2, 3])
def test_surfaces_are_what_so_many_runs_attain(m: int) -> None:
    group = group_with("x", 0, m=m)
    surfaces = attainment_surfaces(group)
    for surface, share in zip(surfaces, (0.25, 0.5, 0.75), strict=True):
        for point in np.random.default_rng(1).uniform(size=(300, m)):
            assert (share_attaining(group, point) >= share) == (surface <= point).all(axis=1).any()


def test_differences_are_of_shares() -> None:
    first, second = group_with("x", 0), group_with("y", 1)
    rectangles = attainment_difference(first, second)
    assert np.abs(rectangles[:, -1]).max() <= 1
    for point in np.random.default_rng(2).uniform(size=(500, 2)):
        inside = (rectangles[:, :2] <= point).all(axis=1) & (point < rectangles[:, 2:4]).all(axis=1)
        expected = share_attaining(first, point) - share_attaining(second, point)
        assert rectangles[inside, -1].sum() == pytest.approx(expected)


def test_no_differences_and_what_is_refused() -> None:
    group = group_with("x", 0)
    assert attainment_difference(group, group).shape == (0, 5)
    with pytest.raises(InputError, match="x has 8 runs and y 3"):
        attainment_difference(group, group_with("y", 1, n=3))
    with pytest.raises(InputError, match="two objectives, but these runs have 3"):
        attainment_difference(group_with("x", 0, m=3), group_with("y", 1, m=3))
    with pytest.raises(InputError, match="two or three objectives, but these runs have 4"):
        attainment_surfaces(group_with("x", 0, m=4))
    with pytest.raises(InputError, match="101 must be above 0 and at most 100"):
        attainment_surfaces(group, percentiles=[50, 101])
