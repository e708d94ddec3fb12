"""The report: what is said of errors, noise, drift and GPUs that differ."""

import re
from pathlib import Path

import pytest

from hwbench_mo import SPACES
from hwbench_mo.profiling import export
from hwbench_mo.profiling.pictures import draw
from hwbench_mo.profiling.report import Judged, judge, lines_of
from tests.support.simulated_device import SimulatedMeter, device_tables, run_campaign, settings_of

SPACE = SPACES["gpt_s"]


def test_gpus_that_differ_are_said(tmp_path: Path) -> None:
    meters = [
        SimulatedMeter(SPACE, device_tables(SPACE), name=f"GPU {j}", drift=lambda row, j=j: 1 + 0.04 * j, seconds=0.001)  # type: ignore[misc]
        for j in (0, 1)
    ]
    settings = settings_of(SPACE, held_out=0.3, energy_seconds=0.0, precision=0.5)
    journal, _ = run_campaign(tmp_path, settings, *meters)
    measured = export.write(journal, tmp_path)
    judged = list(judge(measured))
    lines = "\n".join(lines_of(measured, judged))
    assert "; measure each as a device of its own" in lines
    assert re.search(r"error on \d+ held-out random architectures: median 0\.\d\d %, worst", lines)
    assert re.search(r"error on \d+ held-out corners: median 0\.\d\d %, worst", lines)
    latency = judged[0]
    assert isinstance(latency, Judged)
    assert latency.tau == pytest.approx(1, abs=0.1)
    assert float(latency.error[latency.held_out].max()) < 0.02
    figure = draw(measured, [one for one in judged if isinstance(one, Judged)])
    assert len(figure.axes) == 2 * len(judged)


def test_too_few_rows_are_said_and_not_judged(tmp_path: Path) -> None:
    meter = SimulatedMeter(SPACE, device_tables(SPACE))
    journal, _ = run_campaign(tmp_path, settings_of(SPACE, most=5), meter)
    measured = export.write(journal, tmp_path)
    judged = list(judge(measured))
    assert all(isinstance(one, str) for one in judged)
    lines = list(lines_of(measured, judged))
    assert lines[0].startswith("6 rows of 6 architectures, 0 of them held out")
    assert re.search(r"latency@mine .*but a fit needs \d; measure more of them", lines[1])
