"""How it stands with the runs of a folder."""

from pathlib import Path

import pytest

from experiments.status import main as status_main
from experiments.sweeps.store import claimed
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
    assert states(tmp_path) == ["planned", "planned", "failed", "failed"]
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
