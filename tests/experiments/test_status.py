"""How it stands with the runs of a folder."""

import io
import os
import re
import shutil
import threading
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from experiments.status import main as status_main
from experiments.sweeps.claims import claimed, is_claimed
from experiments.sweeps.plan import Plan, Planned, plans_in, read_plan
from experiments.sweeps.store import find
from hwbench_mo import Trajectory
from tests.support.commands import results, run, run_apart, states


def test_status_knows_done_failed_planned_and_running(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "budget=5,0", "seeds=2", f"out={tmp_path}")
    assert sweep.returncode == 2
    assert sweep.stderr.rstrip().splitlines()[-3] == "2 failed:"
    assert "budget=0" in sweep.stderr.rstrip().splitlines()[-1]
    assert states(tmp_path) == ["done", "done", "failed", "failed"]
    asked = run_apart("experiments.status", str(tmp_path))
    assert asked.returncode == 1
    told = asked.stdout
    assert "failed   budget=0 seeds=2 seed=0: budget is 0, but must be at least 1" in told
    assert "4 runs: 2 done, 2 failed" in told
    first, second = results(tmp_path)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    assert states(tmp_path) == ["planned", "broken", "failed", "failed"]
    with claimed(first):
        assert states(tmp_path)[0] == "running"
    assert states(tmp_path)[0] == "planned"
    assert status_main([str(tmp_path / "nowhere")]) == 2


@pytest.mark.parametrize("mistake", ["seeds=x", "seed=a,b"])
def test_a_plan_that_cannot_be_is_failed_and_does_not_hide_the_others(mistake: str, tmp_path: Path) -> None:
    assert run("experiments.run", "-m", "seeds=2", "budget=5", f"out={tmp_path}").returncode == 0
    assert run("experiments.run", "-m", mistake, "budget=5", f"out={tmp_path}").returncode == 2
    told = run("experiments.status", str(tmp_path))
    assert told.returncode == 1
    assert "2 done" in told.stdout, told.stderr
    assert all(line.startswith("failed ") for line in told.stdout.splitlines()[:-1])
    assert f"{mistake.split('=')[0]} is " in told.stdout


def test_a_look_refuses_no_claim(tmp_path: Path) -> None:
    """Of hundreds of claims, made while others look as often as they can, each is granted."""
    path = tmp_path / "seed-0-0.parquet"
    looked: list[bool] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            looked.append(is_claimed(path))

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(500):
            with claimed(path) as is_ours:
                assert is_ours
    finally:
        ended.set()
        for watcher in watchers:
            watcher.join()
    assert {True, False} == set(looked)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a=b", "it's", 'a "b"', "a, b", "größe ✓", "[a]", "${b}", "d" * 250])
def test_folders_of_any_name_are_looked_at(name: str, finished: Path) -> None:
    out = finished.rename(finished.with_name(name))
    assert states(out) == ["done"]
    (path,) = results(out)
    path.unlink()
    assert states(out) == ["planned"]


def test_a_folder_may_be_named_as_it_is_quoted(tmp_path: Path) -> None:
    out = tmp_path / "a=b, 'ü'"
    assert run("experiments.run", "-m", "seed=0", "budget=5", f'out="{out}"').returncode == 0
    assert states(out) == ["done"]


def test_entries_that_cannot_be_are_listed_as_what_they_are(tmp_path: Path) -> None:
    runs = [
        Planned("optimizer=gone seed=0", tmp_path / "gpt_s" / "gone" / "seed-0-0.parquet", "0" * 64),
        Planned("a path that is too long", tmp_path / ("d" * 300) / "seed-0-0.parquet", "0" * 64),
        Planned("of two lines\n\x1b[2J", tmp_path / "seed-1-0.parquet", "0" * 64),
    ]
    Plan(tmp_path, runs).note()
    os.mkfifo(tmp_path / "seed-2-0.parquet")
    (tmp_path / "seed-3-0.parquet").mkdir()
    (tmp_path / "seed-4-\udcff.parquet").write_text("no result")
    answer = run("experiments.status", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr == ""
    assert answer.stdout.splitlines() == [
        "planned  optimizer=gone seed=0",
        "planned  a path that is too long",
        r"planned  of two lines\n\x1b[2J",
        f"broken   {tmp_path}/seed-2-0.parquet: no regular file",
        f"broken   {tmp_path}/seed-3-0.parquet: no regular file",
        rf"broken   {tmp_path}/seed-4-\udcff.parquet: truncated, or not a trajectory: Parquet magic bytes not found in "
        "footer. Either the file is corrupted or this is not a parquet file.",
        "6 runs: 3 planned, 3 broken",
    ]


def test_a_result_that_was_altered_is_broken(finished: Path) -> None:
    (path,) = results(finished)
    whole = path.read_bytes()
    for place in range(8, len(whole) - 8, len(whole) // 20):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        (state,) = states(finished)
        found = find(path, read_plan(plans_in(finished)[0]).runs[0].identity)
        assert (found is None) == (state == "broken") == (not path.exists())
        if found is not None:  # a bit that says nothing, such as a statistic of a column
            assert path.read_bytes() != whole


def test_the_table_has_a_row_for_each_optimizer_on_each_problem(tmp_path: Path, made: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(made, out)
    problem = "gpt_m-accuracy-params"
    Plan(
        out,
        [
            Planned("seed=3", out / problem / "RandomSearch" / "seed-3-0.parquet", "0" * 64),
            Planned("seed=x", why="seed is 'x'"),
            Planned("seed=4", out / problem / "\x1b[2J" / "seed-4-0.parquet", "0" * 64),
        ],
    ).note()
    spoilt = out / problem / "LocalSearch" / "seed-0-none.parquet"
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    told = run("experiments.status", str(out), "--table").stdout.split("\n")
    rows = [line.split() for line in told]
    assert " ".join(rows[0]) == "problem optimizer done running failed broken planned sim. h own s"
    assert ["cannot", "be", "made", "0", "of", "1", "-", "1", "-", "-", "-", "-"] in rows
    (local,) = [row for row in rows if row[:2] == [problem, "LocalSearch"]]
    assert local[2:9] == ["2", "of", "3", "-", "-", "1", "-"]
    (own,) = [row for row in rows if row[:2] == [problem, "RandomSearch"]]
    assert own[2:9] == ["3", "of", "4", "-", "-", "-", "1"]
    runs = [Trajectory.load(path) for path in sorted((out / problem / "RandomSearch").glob("*.parquet"))]
    assert float(own[9]) == pytest.approx(sum(run.finish_times[-1] for run in runs) / 3600, abs=0.06)
    assert float(own[10]) == pytest.approx(sum(run.optimizer_seconds[-1] for run in runs), rel=0.1)
    (sums,) = [row for row in rows if row[:2] == ["in", "all"]]
    n = len(results(out))
    assert sums[2:9] == [str(n - 1), "of", str(n + 3), "-", "1", "1", "2"]
    assert not any("\x1b" in line for line in told)
    assert told[-2] == f"{n + 3} runs: 2 planned, 1 failed, {n - 1} done, 1 broken"


def test_a_terminal_shows_the_table(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    with redirect_stdout(Terminal()) as told:
        assert status_main([str(finished)]) == 0
    shown = told.getvalue()
    assert "\x1b[32m 1 of 1\x1b[0m" in shown or "\x1b[32m1 of 1\x1b[0m" in shown
    assert shown.endswith("1 runs: 1 done\n")
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in shown.split("\n")) <= 80
