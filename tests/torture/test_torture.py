"""A small part of each attack; ``make torture`` runs the rest."""

from collections.abc import Callable

import pytest

from tests.torture.calls import fuzz
from tests.torture.flips import flip_artifacts, flip_runs
from tests.torture.folders import break_folders
from tests.torture.outcome import Tally
from tests.torture.pickles import break_pickles


@pytest.mark.parametrize(
    ("attack", "n"),
    [(fuzz, 2500), (flip_runs, 300), (flip_artifacts, 60), (break_folders, 90), (break_pickles, 400)],
)
def test_attacks_are_answered_rightly_or_in_one_line(attack: Callable[[int, int], Tally], n: int) -> None:
    tally = attack(n, 1)
    assert sum(tally.counts.values()) >= n
    assert not tally.counts["wrong"], "\n".join(tally.failures)
