"""Benchmarks by name, from a folder of measurements, and folders that cannot answer."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hwbench_mo import InputError, load_benchmark, make_problem
from hwbench_mo.benchmark import load
from hwbench_mo.benchmark.load import load_table
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.problems import problem_of, provenance
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.device_file import write_device
from tests.support.device import SimulatedDevice, contents
from tests.support.spaces import SMALL
from tests.support.tables import write_rows

OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("measurements"), get_space("gpt_s"))


def test_a_folder_answers_itself(folder: Path) -> None:
    bench = load_benchmark("gpt_s", table=folder)
    assert isinstance(bench, TabularBenchmark)
    assert bench is load_benchmark("gpt_s", table=str(folder))  # read once
    assert bench.space.name == "gpt_s_table"
    assert bench.space.size == 120
    table = pd.read_parquet(folder / "gpt_s" / "a100.parquet")
    assert bench.predict(bench.space.codes, "latency@a100").median == pytest.approx(
        np.median(np.stack(table["latency_ms"].tolist()), axis=1)
    )
    problem = make_problem("gpt_s", OBJECTIVES, table=folder)
    assert problem.name == "gpt_s_table-perplexity-latency@a100"
    assert problem.space.size == 90
    assert make_problem("gpt_s", OBJECTIVES, table=folder).space is problem.space


def test_folders_that_cannot_answer_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no measurements of 'gpt_m'; it has gpt_s"):
        make_problem("gpt_m", OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="holds no measurements of 'gpt_s'; name the folder that holds gpt_s, gpt_m"):
        load_table(get_space("gpt_s"), tmp_path)
    with pytest.raises(InputError, match="unknown space 'gpt_xs'"):
        make_problem("gpt_xs", OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="needs a space by name, such as 'gpt_s', not"):
        make_problem(SMALL, OBJECTIVES, table=folder)
    with pytest.raises(InputError, match="but one answers: name one"):
        load_benchmark("gpt_s", table=folder, artifacts=tmp_path)  # type: ignore[call-overload]
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "gpt_s" / "h100.parquet").unlink()
    with pytest.raises(InputError, match=r"latency@h100 was not measured in 'gpt_s_table'; devices there, nearest"):
        make_problem("gpt_s", ["perplexity", "latency@h100"], table=copy)
    assert make_problem("gpt_s", OBJECTIVES, table=copy).space.size == 90
    (copy / "gpt_s" / "architectures.parquet").unlink()
    with pytest.raises(InputError, match=r"architectures.parquet is missing"):
        make_problem("gpt_s", OBJECTIVES, table=copy)


def test_an_architecture_of_several_rows_answers_with_all_of_its_repeats(tmp_path: Path) -> None:
    device = SimulatedDevice(get_space("gpt_s"), protocol={"batch": 1})
    measured = device.measure("my_gpu")
    device.write(tmp_path, "my_gpu")
    bench = load_benchmark("gpt_s", table=tmp_path)
    distinct, counts = np.unique(measured.codes, axis=0, return_counts=True)
    assert bench.space.size == len(distinct) < len(measured.codes)
    reference = distinct[counts.argmax()]
    rows = (measured.codes == reference).all(axis=1)
    p = bench.predict(reference[None], "latency@my_gpu")
    assert p.median[0] == pytest.approx(np.median(measured.readings["latency@my_gpu"][rows]), rel=1e-6)
    assert bench.predict(reference[None], "peak_memory@my_gpu").std[0] == pytest.approx(0, abs=1e-3)
    assert list(bench.devices) == ["my_gpu"]
    assert make_problem(bench, ["latency@my_gpu", "params"]).passes == "my_gpu: batch 1"


def test_device_tables_that_lie_with_the_artifacts_ship_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(SHIPPED, tmp_path / "artifacts"))
    write_device(get_space("gpt_s"), "my_gpu", contents("my_gpu"), copy)
    assert "my_gpu" not in load_benchmark("gpt_s", artifacts=copy).devices  # which are what is named
    monkeypatch.setattr(load, "SHIPPED", copy)
    load.load_shipped.cache_clear()
    try:
        problem = make_problem("gpt_s", ["perplexity", "latency@my_gpu"])
        told = provenance(problem)
        assert set(told["devices"]) == {"my_gpu"}
        shutil.rmtree(copy)  # a run that was made elsewhere finds the tables by their content
        assert problem_of(
            {**told, "devices": {"my_gpu": {**told["devices"]["my_gpu"], "path": "/x"}}}, ("latency@my_gpu",)
        )
        other = {"my_gpu": {"sha256": "0" * 64, "path": "/x"}}
        with pytest.raises(InputError, match=r"with the tables 0000.* of my_gpu, but hwbench_mo here ships"):
            problem_of({**told, "devices": other}, ("latency@my_gpu",))
    finally:
        load.load_shipped.cache_clear()
