"""What a data set of many runs takes, and what it refuses in one line before anything is written."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from hwbench_mo import InputError, Trajectory, make_problem, simulate
from hwbench_mo.simulation.dataset import part_of, source_of
from optimizers import RandomSearch


@pytest.fixture(scope="module")
def run() -> Trajectory:
    problem = make_problem("gpt_s", ["perplexity", "params"])
    config = {"optimizer": {"name": "random_search"}, "seed": 0}
    return simulate(problem, RandomSearch(problem, seed=0), budget=5, config=config)


def test_a_run_is_known_by_its_identity_or_its_checksum(run: Trajectory, tmp_path: Path) -> None:
    plain = source_of(run.save(tmp_path / "plain.parquet"))
    assert plain.run == plain.sha256
    assert plain.partition == ("gpt_s-perplexity-params", "random_search")
    named = replace(run, provenance={**run.provenance, "identity": "7" * 64}).save(tmp_path / "named.parquet")
    assert source_of(named).run == "7" * 64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"provenance": {}}, "its provenance names no space"),
        ({"provenance": {"space": {"name": "x" * 300}}}, "has more than 200 letters"),
        ({"config": {"seed": 2**63}}, "its seed is 9223372036854775808, but must be"),
        ({"config": {"seed": "0"}}, "its seed is '0', but must be"),
        ({"objectives": ("perplexity", "seed")}, "column seed is of double"),
        ({"config": {"optimizer": {"name": "\udcff"}}}, "its metadata is broken"),
    ],
)
def test_what_no_data_set_can_hold_is_refused(
    changes: dict[str, Any], message: str, run: Trajectory, tmp_path: Path
) -> None:
    path = replace(run, **changes).save(tmp_path / "run.parquet")
    with pytest.raises(InputError, match=message) as refused:
        source_of(path)
    assert str(refused.value).startswith(f"{path}: ")


def test_columns_of_another_type_are_refused(run: Trajectory, tmp_path: Path) -> None:
    path = run.save(tmp_path / "run.parquet")
    table = pq.ParquetFile(path).read()
    place = table.column_names.index("finish_time")
    pq.write_table(table.set_column(place, "finish_time", table["finish_time"].cast("string")), path)
    with pytest.raises(InputError, match="not a trajectory: column finish_time is of string"):
        source_of(path)


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.parquet")
    with pytest.raises(InputError, match="no regular file"):
        source_of(tmp_path / "run.parquet")


def test_names_become_names_in_the_folder(tmp_path: Path) -> None:
    for name in ("..", "/x", "a/../../b", "x\0y", "größe", "\udcff"):
        path = part_of(tmp_path, (name, name))
        assert path.parent.parent.parent == tmp_path
        assert path.resolve() == path
