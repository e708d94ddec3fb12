"""Benchmarks by name, from a folder of measurements, and folders that cannot answer."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hwbench_mo import InputError, load_benchmark, make_problem
from hwbench_mo.benchmark.load import load_table
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.spaces import get_space
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
