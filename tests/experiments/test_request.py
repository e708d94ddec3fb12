"""What a command line asks for."""

from pathlib import Path

import pytest

from experiments.sweeps.request import Request
from hwbench_mo import InputError


def test_a_command_line_is_a_run_a_sweep_or_a_call_for_help() -> None:
    assert Request.parse(["budget=5", "hydra.verbose=false"]) == Request(False, "basic", None)
    assert Request.parse(["-h", "no such words"]).wants_help
    request = Request.parse(["-m", "seed=1,2", "out=a", "optimizer=nsga2", "hydra/launcher=joblib", "out=b"])
    assert request.launcher == "joblib"
    assert request.plan is not None
    assert request.plan.out == Path("b")
    assert [run.label for run in request.plan.runs] == ["optimizer=nsga2 seed=1", "optimizer=nsga2 seed=2"]
    in_one_job = Request.parse(["seeds=3"])
    assert in_one_job.plan is not None
    assert len(in_one_job.plan.runs) == 3
    assert Request.parse(["seeds=0"]).plan is None  # a mistake, which leaves nothing behind


def test_launchers_that_are_unknown_or_for_sweeps_are_refused() -> None:
    assert Request.parse(["-m", "seed=1"]).launcher == "basic"
    with pytest.raises(InputError, match="unknown launcher 'jobli'; valid, nearest first: joblib"):
        Request.parse(["-m", "hydra/launcher=jobli"])
    with pytest.raises(InputError, match="hydra/launcher=joblib is for sweeps, but this is a single job; add -m"):
        Request.parse(["hydra/launcher=joblib"])
