"""Data sets of folders in which runs are broken, copied, foreign, or none."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.collect import main
from hwbench_mo import Trajectory
from hwbench_mo.simulation.dataset import parts, read_parts
from tests.support.spaces import ROOT


def _collected(runs: Path, status: int = 0) -> Path:
    target = runs.parent / "set"
    assert main([str(runs), "--to", str(target)]) == status
    return target


@pytest.mark.parametrize("damage", ["truncated", "foreign", "corrupt inside", "objectives missing", "not ascending"])
def test_a_broken_file_is_named_and_left_out(runs: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted(runs.rglob("seed-*.parquet"))[4]
    whole = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(whole[:-100])
    elif damage == "foreign":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    elif damage == "corrupt inside":
        path.write_bytes(whole[:4] + bytes(200) + whole[204:])
    else:
        table = pq.ParquetFile(path).read()
        place = table.column_names.index("finish_time" if damage == "not ascending" else table.column_names[1])
        backwards = table[place].combine_chunks()[::-1]
        kept = table.remove_column(place)
        pq.write_table(kept.add_column(place, "finish_time", backwards) if damage == "not ascending" else kept, path)
    target = _collected(runs, status=1)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: {path}: ")
    assert len(list(read_parts(parts(target)))) == 18


def test_a_run_that_is_there_twice_is_taken_once(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted(runs.rglob("seed-*.parquet"))[0]
    (runs / "copies").mkdir()
    copy = runs / "copies" / path.name
    copy.write_bytes(path.read_bytes())
    assert len(list(read_parts(parts(_collected(runs))))) == 19
    assert capsys.readouterr().out == (
        f"19 runs: {runs.parent / 'set'}\n1 files are copies of others, and count once\n"
    )
    other = Trajectory.load(copy)
    copy.unlink()
    replace(other, values=other.values + 1, centre=other.values + 1).save(copy)
    assert main([str(runs), "--to", str(runs.parent / "another")]) == 2
    assert "are different, but claim to be one run: delete the wrong one" in capsys.readouterr().err


def test_a_collection_that_was_killed_is_made_again(runs: Path) -> None:
    """In a container, every process may have the same number."""
    target = runs.parent / "set"
    script = (
        "import os, experiments.collect as collect\n"
        "collect.schema_of = lambda sources: os._exit(9)\n"
        f"os.getpid = lambda: 1\ncollect.main([{str(runs)!r}, '--to', {str(target)!r}])"
    )
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 9
    assert not target.exists()
    assert len(list(read_parts(parts(_collected(runs))))) == 19


def test_folders_without_runs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 2
    assert "holds no runs (seed-*.parquet)" in capsys.readouterr().err
    (tmp_path / "seed-0-x.parquet").write_text("nothing")
    assert main([str(tmp_path)]) == 2
    assert "can be read" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["seed-0-x.parquet"]
