"""Checkpoints: one grid for all runs, with the ends and the shares that reports look at."""

from itertools import pairwise

import pytest

from hwbench_mo.assessment.checkpoints import EACH_UP_TO, PER_DECADE, SHARES, checkpoints


@pytest.mark.parametrize("n", [1, 2, 29, 30, 31, 60, 100, 1000, 1001, 10_000, 123_457])
def test_checkpoints_of_any_budget(n: int) -> None:
    found = checkpoints(n).tolist()
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (1, n)
    assert set(range(1, min(n, EACH_UP_TO) + 1)) <= set(found)
    assert {int(n * share) for share in SHARES} - {0} <= set(found)
    steps = [b / a for a, b in pairwise(found) if a > EACH_UP_TO]
    assert all(step < 10 ** (1 / PER_DECADE) * 1.03 for step in steps)  # 1.03: what rounding to integers may add


def test_longer_runs_share_the_checkpoints_of_shorter_ones() -> None:
    short, long = set(checkpoints(1000).tolist()), set(checkpoints(5000).tolist())
    assert short - long <= {100, 250, 500, 1000}
