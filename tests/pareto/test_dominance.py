"""Dominance against a plain twin."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo.pareto.archive import Archive
from hwbench_mo.pareto.dominance import improvements, nondominated
from tests.support.spaces import slow_nondominated


@given(st.integers(1, 3), st.integers(0, 2**32))
def test_nondominated_agrees_with_its_plain_twin(m: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, (30, m)).astype(float)  # many ties
    assert (nondominated(values) == slow_nondominated(values)).all()


@given(st.integers(1, 3), st.integers(0, 2**32))
@settings(deadline=None)  # the first example imports moocore
def test_improvements_are_what_an_archive_takes_in(m: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, (30, m)).astype(float)
    archive = Archive(m)
    assert improvements(values).tolist() == [archive.add(point) for point in values]
    assert improvements(values[:0]).shape == (0,)
