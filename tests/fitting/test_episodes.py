"""Episodes in a series of residuals: their edges, their signs, and what is none."""

import numpy as np
import pytest

from hwbench_mo.fitting.episodes import Episode, episodes_in, steps_of

PLACE = np.arange(0, 60) * 2


def series(*steps: tuple[int, int, float]) -> np.ndarray:
    values = np.random.default_rng(0).normal(0, 0.002, 60)
    for first, last, height in steps:
        values[first : last + 1] += height
    return values


@pytest.mark.parametrize("steps", [[(10, 19, 0.2)], [(0, 5, 0.1)], [(50, 59, -0.1)], [(10, 19, 0.2), (30, 36, -0.08)]])
def test_steps_are_found_with_their_edges(steps: list[tuple[int, int, float]]) -> None:
    found = episodes_in(PLACE, series(*steps))
    assert [(one.first, one.last) for one in found] == [(2 * first, 2 * last) for first, last, _ in steps]
    assert [one.log_ratio for one in found] == pytest.approx([height for *_, height in steps], abs=0.005)


def test_single_rows_noise_and_small_steps_are_none() -> None:
    for values in (series(), series((20, 20, 0.5)), series((0, 0, 0.5)), series((59, 59, 0.5)), series((20, 35, 0.01))):
        assert episodes_in(PLACE, values) == ()


def test_a_step_holds_between_its_first_and_last_row_and_says_so() -> None:
    episode = Episode(10, 20, float(np.log(1.25)))
    assert steps_of(np.array([9, 10, 15, 20, 21]), [episode]) == pytest.approx([0, *[np.log(1.25)] * 3, 0])
    assert episode.facts == {"first": 10, "last": 20, "percent": 25.0}


def test_jobs_do_not_run_into_each_other() -> None:
    values = series((28, 29, 0.2), (30, 31, 0.2))
    place = np.concatenate([PLACE[:30], 2500 + PLACE[30:]])
    assert episodes_in(place, values) == ()  # two rows in either
