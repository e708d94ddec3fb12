"""The command fit on a folder of devices alone: a file for each device and space, and what it says of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError, load_benchmark
from hwbench_mo.command_line import Parser
from hwbench_mo.fitting import command, fit_folder
from hwbench_mo.fitting.devices import is_of_devices, told_of
from hwbench_mo.measurements import Measurements, write_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.device import SimulatedDevice

SPACE = get_space("gpt_s")


def fitted_to(measurements: Path, out: Path) -> int:
    parser = Parser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(measurements), str(out)]))


def test_the_command_tells_what_moved_and_how_well_the_tables_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = SimulatedDevice(SPACE, seed=1, slow=lambda t: 0.04 * (t - 0.5), throttled=(30, 44, 1.25), outliers=(10, 70))
    slow.write(tmp_path / "my_gpu", "my_gpu")
    assert fitted_to(tmp_path / "my_gpu", tmp_path / "tables") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "gpt_s: my_gpu"
    latency = [line for line in lines if line.startswith("latency@my_gpu: ")]
    assert "more than usual from campaign_index 30 to 44 (throttling, or another process): corrected" in latency[0]
    assert latency[1].startswith("latency@my_gpu: drifted between -")
    assert latency[2].endswith("rows contradict all others: left out (campaign_index 10, 70)")
    table = lines[lines.index(next(line for line in lines if line.startswith("held out"))) :]
    assert [line.split()[0] for line in table[1:4]] == ["latency@my_gpu", "energy@my_gpu", "peak_memory@my_gpu"]
    assert table[4].startswith(str(tmp_path / "tables" / "gpt_s-my_gpu.zip"))
    bench = load_benchmark("gpt_s", devices=tmp_path / "tables")
    assert bench.devices["my_gpu"].device_name == "A simulated GPU"


def test_a_folder_may_hold_several_devices_and_lack_held_out_rows(tmp_path: Path) -> None:
    first = SimulatedDevice(SPACE).measure("first", energy=False)
    other = {name.replace("first", "other"): 2 * values for name, values in first.readings.items()}
    whole = replace(
        first, readings={**first.readings, **other}, held_out=np.zeros(len(first.codes), dtype=bool), protocols={}
    )
    write_measurements(whole, tmp_path / "both")
    told: list[str] = []
    written = fit_folder(tmp_path / "both", tmp_path / "tables", tell=told.append)
    assert [path.name for path in written] == ["gpt_s-first.zip", "gpt_s-other.zip"]
    assert "first: no rows were held out, so that nothing tells how well gpt_s-first.zip does" in told
    bench = load_benchmark("gpt_s", devices=tmp_path / "tables")
    codes = SPACE.sample(20, np.random.default_rng(0))
    ratio = bench.predict(codes, "latency@other").median / bench.predict(codes, "latency@first").median
    assert ratio == pytest.approx(2, rel=1e-6)
    assert (bench.devices["first"].batch, bench.devices["first"].protocol) == (8, None)


def test_of_many_rows_their_own_residuals_tell_the_drift(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    codes = SPACE.sample(900, rng)
    n = len(codes)
    model = SimulatedDevice(SPACE).models["latency"]
    drift = np.where(np.arange(n) < 400, 0.0, 0.1)
    latency = Kernel(SPACE, [model])(codes) * np.exp(drift[:, None] + rng.normal(0, 0.01, (n, 4)))
    held_out = rng.random(n) < 0.05
    measured = Measurements(SPACE, np.arange(n), codes, {"latency@my_cpu": latency}, np.full(n, np.nan), held_out)
    write_measurements(measured, tmp_path / "cpu")
    fit_folder(tmp_path / "cpu", tmp_path / "tables")
    bench = load_benchmark("gpt_s", devices=tmp_path / "tables")
    asked = SPACE.sample(50, rng)
    shape = bench.predict(asked, "latency@my_cpu").median / Kernel(SPACE, [model])(asked)[:, 0]
    assert np.ptp(shape) / np.median(shape) < 0.02


def test_what_is_too_little_or_broken_is_refused_in_a_line(tmp_path: Path) -> None:
    measured = SimulatedDevice(SPACE).measure("mine")
    assert is_of_devices(measured)
    assert not is_of_devices(replace(measured, readings={"memory_float16": np.ones((len(measured.codes), 1))}))
    assert not is_of_devices(replace(measured, readings={}))
    for name, part, message in (
        (
            "few",
            measured.take(np.arange(len(measured.codes)) < 30),
            "latency@mine: gpt_s: every second row with latency",
        ),
        (
            "broken",
            replace(measured, protocols={"mine": {"batch": "8"}}),
            "batch of mine is '8', but must be an integer",
        ),
    ):
        write_measurements(part, tmp_path / name)
        with pytest.raises(InputError, match=message):
            fit_folder(tmp_path / name, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_nothing_is_told_of_targets_without_drift() -> None:
    manifest = {"fit": {"peak_memory@mine": {"drift": None}}}
    assert list(told_of(Path("x.zip"), "mine", manifest)) == [
        "mine: no rows were held out, so that nothing tells how well x.zip does"
    ]
