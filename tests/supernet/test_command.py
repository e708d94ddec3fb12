"""From a page of text to a benchmark with an exact front, by commands."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.__main__ import main
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.measurements.merge import add_measurements
from hwbench_mo.spaces.files import as_text
from tests.supernet.toy import TOY
from tests.support.spaces import ROOT

TRAIN = [
    "--steps",
    "30",
    "--sequence",
    "16",
    "--batch",
    "4",
    "--warm-up",
    "3",
    "--learning-rate",
    "0.02",
    "--on",
    "cpu",
    "--held-out",
    "0.25",
]
MEASURE = ["--architectures", "90", "--tokens", "400", "--on", "cpu"]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("space") / "toy_net.json"
    path.write_text(as_text(TOY))
    return path


def train(space: Path, text: Path, out: Path, *more: str) -> int:
    return main(["supernet", "train", "--space", str(space), "--text", str(text), "--out", str(out), *TRAIN, *more])


@pytest.mark.filterwarnings("ignore:toy_net. perplexity was measured")
def test_from_text_to_an_exact_front(
    space: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, measurements, tables = tmp_path / "supernet", tmp_path / "measurements", tmp_path / "tables"
    assert train(space, text, out) == 0
    assert "step 30 of 30" in capsys.readouterr().err
    assert train(space, text, out) == 0  # there is nothing left to do
    call = ["supernet", "measure", str(out), "--out", str(measurements), *MEASURE]
    assert main(call) == 0
    assert "80 sub-networks on 400 tokens of" in capsys.readouterr().out
    measured = read_measurements(measurements, TOY)
    assert np.isfinite(measured.centre("perplexity")).all()
    assert measured.protocols["architectures"]["step"] == 30
    lines = (measurements / "toy_net-supernet.csv").read_text().splitlines()
    assert len(lines) == 81
    assert lines[0].startswith("code,loss,loss_error,perplexity,perplexity_error")

    # A device is measured into the same folder, and both are fitted together.
    rng = np.random.default_rng(0)
    codes = TOY.sample(80, rng)
    cost = 1.0 + codes.sum(axis=1)[:, None] * np.exp(0.01 * rng.standard_normal((80, 5)))
    device = Measurements(
        TOY,
        np.arange(80),
        codes,
        {"latency@mine": cost},
        np.full(80, np.nan),
        protocols={"mine": {"protocol": "clock", "batch": 1, "sequence": 16, "dtype": "float32"}},
    )
    add_measurements(device, measurements)
    assert main(["fit", str(measurements), str(tables)]) == 0
    bench = hb.load_benchmark("toy_net", artifacts=tables, devices=tables)
    assert bench.space == TOY
    assert list(bench.devices) == ["mine"]
    problem = hb.make_problem(bench, ["perplexity", "latency@mine"])
    codes, values = problem.pareto_front()
    every = np.array(list(TOY.enumerate()))
    assert (values.min(axis=0) == problem.evaluate(every).min(axis=0)).all()
    assert len(codes) > 1
    predicted = bench.predict(measured.codes, "perplexity").median
    assert np.corrcoef(predicted, measured.centre("perplexity"))[0, 1] > 0.9
    assert main(call) == 2  # what is there is never replaced
    assert "perplexity of toy_net was measured in both" in capsys.readouterr().err
    table = hb.load_benchmark("toy_net", table=measurements)
    assert table.space.full == TOY


def test_mistakes_are_one_line(space: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more, told in (
        (["--distil", "2"], "distil is 2, but must be from 0 to 1"),
        (["--sequence", "100000"], "tokens to train on, but a sequence needs 100001"),
        (["--start", str(tmp_path)], "config.json cannot be read"),
    ):
        assert train(space, text, tmp_path / "out", *more) == 2
        assert told in capsys.readouterr().err
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert train(Path("gpt_x"), text, tmp_path / "out") == 2
    assert "unknown space 'gpt_x'" in capsys.readouterr().err
    assert main(["supernet", "measure", str(tmp_path), "--out", str(tmp_path / "m")]) == 2
    assert "is not of a supernet" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_process_goes_on_and_a_second_one_is_refused(space: Path, text: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hwbench_mo", "supernet", "train", "--space", str(space), "--text", str(text)]
    command += [*TRAIN, "--checkpoint-every", "10", "--steps", "150"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

    def start(name: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*command, "--out", str(tmp_path / name)], env=environment, stderr=subprocess.PIPE, text=True
        )

    running = start("killed")
    while not list((tmp_path / "killed").glob("checkpoints/*.safetensors")):
        assert running.poll() is None
        time.sleep(0.05)
    second = start("killed")
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 2
    assert "is being trained by another process" in errors
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    for name in ("killed", "whole"):
        one = start(name)
        one.communicate(timeout=200)
        assert one.returncode == 0
    whole, killed = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.safetensors")}
        for name in ("whole", "killed")
    )
    assert killed == whole
