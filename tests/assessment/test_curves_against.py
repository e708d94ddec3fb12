"""Curves on axes of time: each run has its value at its last checkpoint until then."""

from dataclasses import replace

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.assessment import Group
from hwbench_mo.assessment.curves_against import curves_against
from tests.support.comparisons import group_of, run_of


def test_evaluations_are_those_of_all_runs() -> None:
    group = group_of("a", [0.1, 0.2])
    places, curves = curves_against(group)
    assert places.tolist() == group.evaluations.tolist()
    assert (curves == group.regrets).all()


def test_time_by_hand() -> None:
    slow = replace(run_of(0.1, 0, budget=10), hours=np.arange(1.0, 11) * 10)
    fast = run_of(0.2, 1, budget=10)  # a tenth of an hour each
    places, curves = curves_against(Group("a", [slow, fast], {}), "hours")
    assert (places[0], places[-1]) == (10, 100)  # from when both have begun to the end of the last
    assert (np.diff(places) > 0).all()
    assert (curves[1] == 0.2).all()  # it had ended
    assert curves[0, 0] == slow.indicators["regret"][0]
    assert curves[0, -1] == slow.indicators["regret"][-1]
    for place, value in zip(places, curves[0], strict=True):
        assert value == slow.indicators["regret"][int(np.flatnonzero(slow.hours <= place)[-1])]


def test_runs_without_seconds_are_left_out() -> None:
    timed, untimed = run_of(0.1, 0), replace(run_of(0.2, 1), seconds=np.full(len(run_of(0.2, 1).hours), np.nan))
    assert curves_against(Group("a", [timed, untimed], {}), "seconds")[1].shape[0] == 1
    places, curves = curves_against(Group("a", [untimed], {}), "seconds")
    assert len(places) == 0
    assert curves.shape == (0, 0)
    still = replace(timed, seconds=np.zeros_like(timed.seconds))
    assert curves_against(Group("a", [still], {}), "seconds")[1].tolist() == [[0.1]]
    with pytest.raises(InputError, match="unknown axis 'days'"):
        curves_against(Group("a", [timed], {}), "days")  # type: ignore[arg-type]
