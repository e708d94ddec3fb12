"""Campaigns on simulated devices: they end when tables are known, and the fit sees through what disturbed them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import SPACES, InputError
from hwbench_mo.fitting.few import fit_few
from hwbench_mo.fitting.fitted import answers, with_distribution
from hwbench_mo.measurements import read_measurements
from hwbench_mo.profiling import export
from hwbench_mo.profiling.campaign import LEAST
from hwbench_mo.profiling.design import corners
from tests.support.measured import TOY
from tests.support.simulated_device import SimulatedMeter, device_tables, run_campaign, settings_of, truth

SPACE = SPACES["gpt_s"]
TABLES = device_tables(SPACE)


def worst_error(folder: Path, metric: str) -> float:
    """Of the tables that the fit gives, against those of the device, at random architectures and corners."""
    measured = read_measurements(folder, SPACE)
    fitted = fit_few(measured, f"{metric}@mine")
    asked = np.concatenate([corners(SPACE), SPACE.sample(200, np.random.default_rng(5))])
    found = answers(SPACE, with_distribution(fitted.model, fitted.distribution), asked)
    level = np.median(found / truth(SPACE, TABLES, metric, asked))
    return float(np.abs(found / truth(SPACE, TABLES, metric, asked) / level - 1).max())


def test_a_quiet_device_takes_as_few_architectures_as_a_fit_needs(tmp_path: Path) -> None:
    journal, status = run_campaign(tmp_path, settings_of(SPACE), SimulatedMeter(SPACE, TABLES))
    assert sum(one.role == "fit" for one in journal.entries) == 6 * LEAST
    assert sum(one.role == "held_out" for one in journal.entries) == 8
    assert sum(one.role == "reference" for one in journal.entries) >= 12
    assert status.latency.typical < 0.005
    assert status.energy.typical < 0.02
    measured = export.write(journal, tmp_path)
    assert measured.held_out.sum() == 8
    assert np.isfinite(measured.centre("energy@mine")).mean() > 0.8
    assert np.isfinite(measured.centre("peak_memory@mine")).all()
    assert worst_error(tmp_path, "latency") < 0.005
    assert worst_error(tmp_path, "energy") < 0.02


@pytest.mark.slow
def test_a_noisy_device_is_measured_for_longer(tmp_path: Path) -> None:
    settings = settings_of(SPACE, precision=0.004, most=130)
    meter = SimulatedMeter(SPACE, TABLES, noise=0.04)
    journal, status = run_campaign(tmp_path, settings, meter)
    assert sum(one.role == "fit" for one in journal.entries) > 6 * LEAST
    assert status.latency.typical <= 0.004 or sum(one.role != "reference" for one in journal.entries) == 130
    few = run_campaign(tmp_path / "few", settings_of(SPACE, precision=1e-6, most=30), SimulatedMeter(SPACE, TABLES))[0]
    assert sum(one.role != "reference" for one in few.entries) == 30


DISTURBED: dict[str, dict[str, object]] = {
    "drift": {"drift": lambda row: 1 + 0.03 * row / 100},
    "outliers": {"outliers": (12, 40, 77)},
    "throttling": {"drift": lambda row: 1.25 if 30 <= row < 55 else 1.0},
}


@pytest.mark.parametrize("name", list(DISTURBED))
def test_the_fit_sees_through_what_disturbed_a_campaign(name: str, tmp_path: Path) -> None:
    meter = SimulatedMeter(SPACE, TABLES, **DISTURBED[name])  # type: ignore[arg-type]
    journal, _ = run_campaign(tmp_path, settings_of(SPACE, precision=0.5), meter)
    measured = export.write(journal, tmp_path)
    drift = fit_few(measured, "latency@mine").facts["drift"]
    assert worst_error(tmp_path, "latency") < 0.01
    if name == "drift":
        low, high = drift["slow_percent"]
        assert high - low == pytest.approx(2.5, abs=0.8)
    elif name == "outliers":
        assert set(drift["outliers"]) <= {12, 40, 77}
        kept = set(measured.campaign_index[~measured.held_out].tolist())
        assert set(drift["outliers"]) == {12, 40, 77} & kept
    else:
        (episode,) = drift["episodes"]
        assert abs(episode["first"] - 30) <= 2
        assert abs(episode["last"] - 54) <= 2
        assert episode["percent"] == pytest.approx(25, abs=2)
        assert measured.protocols["mine"]["throttled_rows"] == {"power_cap": 25}


def test_two_gpus_share_the_work_and_have_jobs_of_their_own(tmp_path: Path) -> None:
    slower = SimulatedMeter(SPACE, TABLES, name="GPU 1", drift=lambda row: 1.04, seed=1, seconds=0.001)
    meters = SimulatedMeter(SPACE, TABLES, seconds=0.001), slower
    journal, _ = run_campaign(tmp_path, settings_of(SPACE), *meters)
    measured = export.write(journal, tmp_path)
    jobs = measured.campaign_index // 2500
    assert set(jobs) == {0, 1}
    assert min(np.bincount(jobs)) > 20
    assert measured.protocols["mine"]["devices"] == ["GPU 0", "GPU 1"]
    rows = [tuple(code) for code, held in zip(measured.codes.tolist(), measured.held_out, strict=True) if not held]
    assert len(rows) - len(set(rows)) == sum(one.role == "reference" for one in journal.entries) - 1
    assert worst_error(tmp_path, "latency") < 0.01


def test_an_error_of_one_gpu_ends_the_campaign(tmp_path: Path) -> None:
    class Broken(SimulatedMeter):
        def measure(self, architecture: object, *, energy: bool) -> object:  # type: ignore[override]
            raise RuntimeError("Xid 79")

    meters = SimulatedMeter(SPACE, TABLES, seconds=0.01), Broken(SPACE, TABLES, name="GPU 1")
    with pytest.raises(RuntimeError, match="Xid 79"):
        run_campaign(tmp_path, settings_of(SPACE), *meters)


def _narrow(architecture: object) -> bool:
    return architecture.embed_dim < 768  # type: ignore[attr-defined, no-any-return]


def test_what_the_memory_does_not_hold_is_left_out_and_named(tmp_path: Path) -> None:
    said: list[str] = []
    meter = SimulatedMeter(SPACE, TABLES, holds=_narrow)
    journal, _ = run_campaign(tmp_path, settings_of(SPACE), meter, tell=said.append)
    assert {SPACE.decode(np.array([one.code]))[0].embed_dim for one in journal.left_out} == {768}
    assert all(
        line.startswith("left out, because the memory of GPU 0 does not hold it: Architecture(") for line in said
    )
    assert len(said) == len(journal.left_out) < 60
    measured = export.write(journal, tmp_path)
    assert measured.protocols["mine"]["left_out"] == len(journal.left_out)
    with pytest.raises(InputError, match="architectures of embed_dim 768"):
        fit_few(measured, "latency@mine")


def test_a_busy_device_is_said_and_recorded(tmp_path: Path) -> None:
    said: list[str] = []
    meter = SimulatedMeter(TOY, device_tables(TOY), others=("process 12 holds 900 MB",))
    journal, _ = run_campaign(tmp_path, settings_of(TOY), meter, tell=said.append)
    assert said == ["warning: GPU 0 is busy: process 12 holds 900 MB; what is measured now may be slower"]
    assert export.protocol_of(journal)["busy"] == ["GPU 0: process 12 holds 900 MB"]


def _interrupted(after: int) -> Callable[[int], float]:
    def drift(row: int) -> float:
        if row == after:
            raise KeyboardInterrupt
        return 1.0

    return drift


@pytest.mark.parametrize("after", [0, 5, 60])
def test_an_interrupted_campaign_goes_on_where_it_was(after: int, tmp_path: Path) -> None:
    settings = settings_of(SPACE)
    with pytest.raises(KeyboardInterrupt):
        run_campaign(tmp_path, settings, SimulatedMeter(SPACE, TABLES, drift=_interrupted(after)))
    second = SimulatedMeter(SPACE, TABLES, seed=1)
    journal, _ = run_campaign(tmp_path, settings, second)
    whole, _ = run_campaign(tmp_path / "whole", settings, SimulatedMeter(SPACE, TABLES))
    distinct = {one.code for one in journal.entries}
    assert distinct == {one.code for one in whole.entries}
    assert len(second.measured) <= len(whole.entries) - after + 1  # and one reference more
    assert [one.campaign_index for one in journal.entries] == list(range(len(journal.entries)))
    assert len(journal.sessions) == 2
