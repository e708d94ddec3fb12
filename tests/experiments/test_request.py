"""What a command line asks for."""

from pathlib import Path

import pytest

from experiments.sweeps.request import Request
from hwbench_mo import InputError


def test_a_command_line_is_a_run_a_sweep_or_a_call_for_help() -> None:
    single = Request.parse(["budget=5", "hydra.verbose=false"])
    assert (single.launcher, single.is_sweep) == ("basic", False)
    assert single.plan is not None
    assert [run.label for run in single.plan.runs] == ["budget=5 seed=0"]
    assert Request.parse(["-h", "no such words"]) == Request(wants_help=True)
    assert Request.parse(["--cfg", "job"]) == Request(words=("--cfg", "job"))
    request = Request.parse(["-m", "seed=1,2", "out=a", "optimizer=nsga2", "hydra/launcher=joblib", "out=b"])
    assert (request.launcher, request.is_sweep) == ("joblib", True)
    assert request.plan is not None
    assert request.plan.out == Path("b")
    assert [run.label for run in request.plan.runs] == ["optimizer=nsga2 seed=1", "optimizer=nsga2 seed=2"]
    in_one_job = Request.parse(["seeds=3"])
    assert in_one_job.is_sweep
    assert in_one_job.plan is not None
    assert len(in_one_job.plan.runs) == 3
    assert not Request.parse(["seeds=0"]).is_sweep  # a mistake, which leaves nothing behind


def test_launchers_that_are_unknown_or_for_sweeps_are_refused() -> None:
    assert Request.parse(["-m", "seed=1"]).launcher == "basic"
    with pytest.raises(InputError, match="unknown launcher 'jobli'; valid, nearest first: joblib"):
        Request.parse(["-m", "hydra/launcher=jobli"])
    with pytest.raises(InputError, match="hydra/launcher=joblib is for sweeps, but this is a single job; add -m"):
        Request.parse(["hydra/launcher=joblib"])
