"""The whole way of ``hwbench-mo measure``: on this processor, on GPUs that are none, killed, and mistaken."""

import functools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hwbench_mo import SPACES, SearchSpace
from hwbench_mo.__main__ import main
from hwbench_mo.measurements import read_measurements
from hwbench_mo.profiling import devices
from tests.support.spaces import ROOT

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
SPACE = SearchSpace(name="mini", embed_dim=(64, 96), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2), batch_size=1)


def patch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A space of our own, no warm-up, and one core: tests run beside each other."""
    torch.set_num_threads(1)
    monkeypatch.setitem(SPACES, SPACE.name, SPACE)
    monkeypatch.setattr("hwbench_mo.profiling.torch_meter.FIRST_SECONDS", 0.05)
    monkeypatch.setattr("hwbench_mo.profiling.torch_meter.WARM_SECONDS", 0.0)
    monkeypatch.setattr("hwbench_mo.profiling.campaign.LEAST", 10)


@pytest.fixture(autouse=True)
def _patched(monkeypatch: pytest.MonkeyPatch) -> None:
    patch(monkeypatch)


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two GPUs that are none."""
    from tests.support.fake_gpu import FakeClock, FakeCuda, FakeNvml, FakeTorch

    clock = FakeClock()
    fake, nvml = FakeTorch(FakeCuda(clock, 2)), FakeNvml(clock)
    monkeypatch.setattr("hwbench_mo.profiling.counters.WallClock", lambda: clock)
    for name, more in (("find_meters", {"nvml": nvml}), ("find_kind", {}), ("defaults_of", {})):
        monkeypatch.setattr(devices, name, functools.partial(getattr(devices, name), torch=fake, **more))
    return SimpleNamespace(clock=clock, torch=fake, nvml=nvml)


def measure(out: Path, *flags: str, device: str = "mine", space: str = SPACE.name) -> int:
    return main(["measure", "--space", space, "--device", device, "--out", str(out), "--sequence", "8", *flags])


def test_a_processor_is_measured_fitted_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert measure(out, "--on", "cpu", "--precision", "0.9") == 0
    said = capsys.readouterr()
    assert "batch 1 and sequence 8 make a table of its own" in said.err
    assert "no energy of the processor: " in said.err
    assert re.search(r"mini: \d+ rows, \d+ s in this call", said.out)
    assert re.search(
        r"predicted error of the tables of latency: \d+\.\d+ % \(worst \d+\.\d+ %\), 90 % was asked", said.out
    )
    assert "latency@mine" in said.out
    measured = read_measurements(out, SPACE)
    assert list(measured.readings) == ["latency@mine"]
    assert measured.readings["latency@mine"].shape[1] == 10
    assert 0 < measured.held_out.sum() < 10
    protocol = measured.protocols["mine"]
    assert (protocol["protocol"], protocol["dtype"], protocol["batch"], protocol["sequence"]) == (
        "clock",
        "float32",
        1,
        8,
    )
    assert protocol["energy"] is None
    assert (out / "mini-mine.png").stat().st_size > 1000
    assert measure(out, "--on", "cpu") == 0
    assert f"{out / 'mini'} is measured already" in capsys.readouterr().out


def test_a_gpu_is_measured_with_energy_and_memory(
    tmp_path: Path, gpus: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(tmp_path, "--gpu", "1") == 0
    measured = read_measurements(tmp_path, SPACE)
    assert list(measured.readings) == ["latency@mine", "energy@mine", "peak_memory@mine"]
    energy, latency = measured.centre("energy@mine"), measured.centre("latency@mine")
    known = np.isfinite(energy)
    np.testing.assert_allclose(energy[known], latency[known] / 1e3 * 350 / 3600, rtol=0.01)
    protocol = measured.protocols["mine"]
    assert protocol["devices"] == ["GPU 1"]
    assert protocol["driver"] == "580.1"
    assert protocol["clocks"]["sm_mhz"] == [1755, 1755, 1755]
    assert "peak_memory@mine (MB)" in capsys.readouterr().out


def test_two_gpus_share_the_work(tmp_path: Path, gpus: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(tmp_path, "--gpu", "0,1", "--no-energy") == 0
    measured = read_measurements(tmp_path, SPACE)
    assert set(measured.campaign_index // 2500) == {0, 1}
    assert "the GPUs differ by 0.00 %" in capsys.readouterr().out


def test_what_another_call_left_is_told(tmp_path: Path, gpus: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(tmp_path, "--architectures", "3") == 0
    assert measure(tmp_path, "--dtype", "float16") == 2
    assert measure(tmp_path, device="other") == 2
    assert measure(tmp_path / SPACE.name) == 2
    errors = capsys.readouterr().err
    assert "the name 'mine' is taken in" in errors
    assert "has measurements of another device; name another folder for 'other'" in errors
    assert f"is the folder of one space; name the folder around it, {tmp_path}" in errors


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--device", "a100"], "the name 'a100' is taken by a device that ships; choose another, my_a100"),
        (["--space", "gpt_x"], "unknown space 'gpt_x'"),
        (["--gpu", "first"], "gpu is 'first', but must be a number, or several with commas between: 0,1"),
        (["--gpu", "5"], "GPU 5 is not there: torch finds 2, counted from 0"),
        (["--precision", "2"], "precision is 2, but must lie between 0 and 1"),
        (["--protocol", "clock"], "protocol 'clock' is not for cuda: graph or authors"),
    ],
)
def test_mistakes_are_one_line(
    flags: list[str], message: str, tmp_path: Path, gpus: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(tmp_path / "out", *flags) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1


def test_without_a_gpu_or_torch_there_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    assert measure(tmp_path) == 2
    monkeypatch.setitem(sys.modules, "torch", None)
    assert measure(tmp_path) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: no GPU: torch ")
    assert second.startswith(
        "error: this needs PyTorch, which is not installed: pip install -c constraints.txt -e '.[measure]'"
    )


CALL = """if True:
    import sys
    import pytest
    from pathlib import Path
    from tests.profiling.test_command import measure, patch
    patch(pytest.MonkeyPatch())
    sys.exit(measure(Path(sys.argv[1]), "--on", "cpu", "--precision", "0.9"))
"""


@pytest.mark.slow
def test_a_call_that_is_killed_loses_the_row_in_progress_alone(tmp_path: Path) -> None:
    journal = tmp_path / ".measuring" / "mini-mine.jsonl"
    kept: list[bytes] = []
    for n_rows in (2, 9, 25):
        with subprocess.Popen([sys.executable, "-c", CALL, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL) as call:
            end = time.monotonic() + 120
            while not journal.exists() or journal.read_bytes().count(b'{"row"') < n_rows:
                assert call.poll() is None
                assert time.monotonic() < end
                time.sleep(0.005)
            os.kill(call.pid, signal.SIGKILL)
        whole = journal.read_bytes()
        lines = whole[: whole.rfind(b"\n") + 1].splitlines()
        assert lines[: len(kept)] == kept
        kept = lines
    done = subprocess.run([sys.executable, "-c", CALL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert journal.read_bytes().splitlines()[: len(kept)] == kept
    measured = read_measurements(tmp_path, SPACE)
    assert measured.protocols["mine"]["calls"] == 4
    assert measured.campaign_index.tolist() == list(range(len(measured.codes)))
