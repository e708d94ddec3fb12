"""Drift, episodes and outliers of a simulated device are found as they were put in."""

from collections.abc import Callable

import numpy as np
import pytest

from hwbench_mo.fitting.references import estimate_drift
from hwbench_mo.measurements import Measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.typing import Floats
from tests.support.device import SimulatedDevice

SPACE = get_space("gpt_s")


def estimated(device: SimulatedDevice) -> tuple[Measurements, Floats, Floats]:
    """What was measured, the drift that was put in, and the drift that is found; each 0 in the middle."""
    measured = device.measure("mine")
    truth = Kernel(SPACE, [device.models["latency"]])(measured.codes)[:, 0]
    put_in = np.log(measured.centre("latency@mine") / truth)
    found = estimate_drift(
        SPACE, measured.codes, measured.centre("latency@mine"), measured.campaign_index, ~measured.held_out
    ).log_ratio
    return measured, put_in - np.median(put_in), found - np.median(found)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "slow",
    [lambda t: 0.06 * (t - 0.5), lambda t: -0.05 * np.exp(-8 * t), lambda t: 0.03 * np.sin(7 * t)],
    ids=["steady", "warming", "waves"],
)
def test_slow_drift_is_found(slow: Callable[[Floats], Floats], seed: int) -> None:
    _, put_in, found = estimated(SimulatedDevice(SPACE, seed=seed, slow=slow))
    assert np.median(np.abs(found - put_in)) < 0.003
    assert np.median(np.abs(put_in)) > 0.005 or slow(np.array([1.0]))[0] > -0.001


def test_where_nothing_drifts_nothing_is_found() -> None:
    device = SimulatedDevice(SPACE)
    measured = device.measure("mine")
    used = ~measured.held_out
    found = estimate_drift(SPACE, measured.codes, measured.centre("latency@mine"), measured.campaign_index, used)
    assert not found.log_ratio.any()
    assert found.episodes == ()
    assert not found.outliers.any()
    counts = np.unique(measured.codes, axis=0, return_counts=True)[1]
    assert found.n_references == counts.max() > 10
    assert 0 < found.level_error < 0.002


@pytest.mark.parametrize(("first", "last", "factor"), [(30, 44, 1.25), (60, 66, 1.08), (80, 95, 1.5), (20, 30, 0.9)])
def test_an_episode_is_found_with_its_edges_and_outliers_beside_it(first: int, last: int, factor: float) -> None:
    device = SimulatedDevice(
        SPACE, seed=3, throttled=(first, last, factor), outliers=(5, 50), slow=lambda t: 0.02 * (t - 0.5)
    )
    measured = device.measure("mine")
    used = ~measured.held_out
    found = estimate_drift(SPACE, measured.codes, measured.centre("latency@mine"), measured.campaign_index, used)
    (episode,) = found.episodes
    inside = [row for row in range(first, last + 1) if used[row]]
    assert abs(episode.first - inside[0]) <= 1
    assert abs(episode.last - inside[-1]) <= 1
    unknown = [row for row in (first, last) if not used[row]]
    assert found.at_edge[unknown].all()
    assert not found.at_edge[used].any()
    assert episode.log_ratio == pytest.approx(np.log(factor), abs=0.02)
    assert set(measured.campaign_index[found.outliers].tolist()) == {5, 50} - set(np.flatnonzero(measured.held_out))


def test_held_out_rows_are_read_off_and_tell_nothing() -> None:
    device = SimulatedDevice(SPACE, seed=4, throttled=(30, 44, 1.25), slow=lambda t: 0.04 * t)
    measured = device.measure("mine")
    centre, index, used = measured.centre("latency@mine"), measured.campaign_index, ~measured.held_out
    found = estimate_drift(SPACE, measured.codes, centre, index, used)
    spoilt = np.where(used, centre, 7 * centre)
    again = estimate_drift(SPACE, measured.codes, spoilt, index, used)
    np.testing.assert_array_equal(again.log_ratio, found.log_ratio)
    assert not again.outliers[measured.held_out].any()


def test_two_jobs_that_stand_at_two_levels_are_brought_together() -> None:
    measured = SimulatedDevice(SPACE, seed=5, n_group=20).measure("mine")
    second = np.arange(len(measured.codes)) % 2 == 1
    index = np.where(second, 2500, 0) + measured.campaign_index // 2
    centre = measured.centre("latency@mine") * np.where(second, 1.04, 1.0)
    used = ~measured.held_out
    # Every second reference is of the other job, but for chance.
    found = estimate_drift(SPACE, measured.codes, centre, index, used)
    assert np.median(found.log_ratio[second]) - np.median(found.log_ratio[~second]) == pytest.approx(0.04, abs=0.01)


def test_too_few_repeats_tell_nothing() -> None:
    measured = SimulatedDevice(SPACE, every=1000, slow=lambda t: 0.0 * t).measure("mine")
    used = np.ones(len(measured.codes), dtype=bool)
    found = estimate_drift(SPACE, measured.codes, measured.centre("latency@mine"), measured.campaign_index, used)
    assert (found.n_references, found.level_error) == (0, 0.0)
