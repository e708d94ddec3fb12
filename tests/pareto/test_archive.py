"""Archives of mutually non-dominated values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo.pareto.archive import Archive
from tests.support.spaces import slow_nondominated


@given(st.integers(1, 3), st.integers(0, 2**32))
def test_the_archive_holds_what_no_other_dominates(m: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 6, (40, m)).astype(float)
    archive = Archive(m)
    for value in values:
        archive.add(value)
    assert sorted(archive.rows) == np.flatnonzero(slow_nondominated(values)).tolist()
    assert (archive.values == values[archive.rows]).all()
