"""The staircase of two objectives against the hypervolume of every prefix, with more points than a chunk has."""

import moocore
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hwbench_mo.pareto.dominance import improvements, nondominated
from hwbench_mo.pareto.staircase import MOST, Staircase


def on_a_line(n: int) -> np.ndarray:
    x = np.arange(n) / n
    return np.column_stack([x, 1 - x])


@given(st.integers(0, 2**32), st.booleans())
@example(0, True)
@settings(max_examples=10)
def test_areas_add_up_over_many_chunks(seed: int, is_front: bool) -> None:
    rng = np.random.default_rng(seed)
    points = rng.permutation(on_a_line(3 * MOST)) if is_front else rng.uniform(0, 1, (20_000, 2)) ** 0.2
    points = points[improvements(points)]
    staircase = Staircase(1.1, 1.2)
    gained = np.array([staircase.add(x, y) for x, y in points.tolist()])
    assert (gained > 0).all()
    for n in {1, len(points) // 3, len(points)}:
        expected = moocore.hypervolume(points[:n], ref=np.array([1.1, 1.2]))
        assert gained[:n].sum() == pytest.approx(expected, abs=1e-12)
    front = points[nondominated(points)]
    assert staircase.points == sorted(map(tuple, front.tolist()))


@pytest.mark.parametrize("last", [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.25, 0.3)])
def test_a_point_that_drops_whole_chunks(last: tuple[float, float]) -> None:
    points = on_a_line(5 * MOST)
    staircase = Staircase(1.1, 1.1)
    before = sum(staircase.add(x, y) for x, y in points.tolist())
    gained = staircase.add(*last)
    assert before + gained == pytest.approx(moocore.hypervolume(np.vstack([points, last]), ref=[1.1, 1.1]), abs=1e-12)
    more = staircase.add(-1.0, -1.0)
    assert staircase.points == [(-1.0, -1.0)]
    assert before + gained + more == pytest.approx(2.1**2, abs=1e-12)
