"""From what a run says of its problem back to the problem."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from hwbench_mo import InputError, SearchSpace, load_benchmark, make_problem, simulate
from hwbench_mo.assessment.comparison import compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.problems import provenance
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.device_file import write_device
from optimizers import RandomSearch
from tests.support.device import contents, fitted_once
from tests.support.tables import write_rows

OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("measurements"), get_space("gpt_s"))


def test_a_table_is_found_again_or_missed_in_a_line(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    mine = SearchSpace(name="mine", embed_dim=(192, 384), n_layer=(10, 11), mlp_ratio=(2, 3, 4), n_head=(4, 8, 12))
    for name, bench in (
        ("whole", load_benchmark("gpt_s", table=copy)),
        ("part", load_benchmark("gpt_s", table=copy).restrict(mine)),
    ):
        problem = make_problem(bench, OBJECTIVES)
        simulate(problem, RandomSearch(problem, seed=0), budget=10).save(tmp_path / name / "run.parquet")
        (comparison,) = compare(read_runs(tmp_path / name))
        assert comparison.problem.space == problem.space
    changed = pd.read_parquet(copy / "gpt_s" / "h100.parquet")
    changed["latency_ms"] = changed["latency_ms"] * 2
    changed.to_parquet(copy / "gpt_s" / "h100.parquet")
    with pytest.raises(InputError, match=r"with the measurements [0-9a-f]{12}… in .*, which holds [0-9a-f]{12}… now"):
        compare(read_runs(tmp_path / "whole"))
    shutil.rmtree(copy)
    with pytest.raises(InputError, match=r"was made with the measurements .*, which cannot be read: .* holds no"):
        compare(read_runs(tmp_path / "whole"))


def test_device_tables_are_found_again_or_missed_in_a_line(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    tables = Path(shutil.copytree(fitted_once(tmp_path_factory), tmp_path / "tables"))
    path = tables / "gpt_s-my_gpu.zip"
    mine = SearchSpace(name="mine", embed_dim=(192, 384), n_layer=(10, 11), mlp_ratio=(2, 3, 4), n_head=(4, 8, 12))
    whole = make_problem("gpt_s", ["perplexity", "latency@my_gpu"], devices=tables)
    part = make_problem(load_benchmark("gpt_s", devices=tables).restrict(mine), ["perplexity", "latency@my_gpu"])
    other = make_problem("gpt_s", OBJECTIVES, devices=tables)
    assert "devices" not in provenance(other)  # which it does not name
    told = provenance(whole)["devices"]
    assert told == {"my_gpu": {"sha256": whole.benchmark.manifest["devices"]["my_gpu"]["sha256"], "path": str(path)}}
    for name, problem in (("whole", whole), ("part", part)):
        simulate(problem, RandomSearch(problem, seed=0), budget=10).save(tmp_path / name / "run.parquet")
        (comparison,) = compare(read_runs(tmp_path / name))
        assert comparison.problem.space == problem.space
        assert (comparison.problem.ideal == problem.ideal).all()
    elsewhere = path.rename(tmp_path / "elsewhere.zip")
    with pytest.raises(InputError, match=r"the tables [0-9a-f]{12}… of my_gpu in .*, which cannot be read: .* no such"):
        compare(read_runs(tmp_path / "whole"))
    problem = compare(read_runs(tmp_path / "whole"), devices=elsewhere)[0].problem  # or they are named
    assert (problem.ideal == whole.ideal).all()
    shutil.copy(tables / "gpt_m-my_gpu.zip", path)
    with pytest.raises(InputError, match=r"of my_gpu in .*, which cannot be read: .* holds tables of space 'gpt_m'"):
        compare(read_runs(tmp_path / "whole"))
    path.unlink()
    write_device(get_space("gpt_s"), "my_gpu", contents("my_gpu"), tables)
    with pytest.raises(InputError, match=r"of my_gpu in .*, which holds [0-9a-f]{12}… now; put them back"):
        compare(read_runs(tmp_path / "whole"))
