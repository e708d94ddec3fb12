"""The commands of the harness, as a user runs them, and what they leave."""

import importlib.util
import io
import json
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from threadpoolctl import threadpool_limits

from tests.support.spaces import ROOT

Answer = subprocess.CompletedProcess[str]

needs_launchers = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("joblib", "submitit")), reason="joblib or submitit is missing"
)


def run(module: str, *arguments: str) -> Answer:
    """A command in this process: what ``python -m MODULE ARGUMENTS`` does, without a second of imports.

    Environment, arguments, threads and Hydra's state are afterwards as they were.
    """
    command = import_module(module).main
    with (
        patch.object(sys, "argv", [module, *arguments]),
        patch.dict("os.environ"),
        threadpool_limits(limits=None),
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
    ):
        try:
            status = command()
        except SystemExit as ended:
            status = ended.code
        finally:
            GlobalHydra.instance().clear()
            HydraConfig.instance().cfg = None
    return Answer([module, *arguments], status or 0, out.getvalue(), err.getvalue())


def run_apart(module: str, *arguments: str) -> Answer:
    """A command in a process of its own: where its imports, environment or workers matter."""
    return subprocess.run(command_of(module, *arguments), cwd=ROOT, capture_output=True, text=True, check=False)


def command_of(module: str, *arguments: str) -> list[str]:
    """The words of a command, to be run in ``ROOT``."""
    return [sys.executable, "-m", module, *arguments]


def results(folder: Path) -> list[Path]:
    """The files of all runs below a folder."""
    return sorted(folder.rglob("seed-*.parquet"))


def states(folder: Path) -> list[str]:
    """What ``experiments.status`` says of each run of a folder."""
    return [json.loads(line)["state"] for line in run("experiments.status", str(folder), "--json").stdout.splitlines()]


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same runs, byte for byte."""
    return {path.relative_to(one): path.read_bytes() for path in results(one)} == {
        path.relative_to(other): path.read_bytes() for path in results(other)
    }


def wait_for(path: Path, seconds: float = 100) -> None:
    """Until it is there."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)
