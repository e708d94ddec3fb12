"""What bash completes after ``python -m experiments.run``."""

import shutil
import subprocess
import sys

import pytest

from tests.support.commands import run
from tests.support.spaces import ROOT

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")

ASK = """
ask() { COMP_LINE="$1"; COMP_POINT=${#1}; COMPREPLY=(); _experiments_run "$PYTHON"; echo "${COMPREPLY[*]}"; }
"""


def completed(*lines: str, breaks: str = " =") -> list[list[str]]:
    """What is offered for each line."""
    installed = run("experiments.run", "-sc", "install=bash").stdout
    asked = "".join(f"ask {line!r}\n" for line in lines)
    script = f"{installed}\n{ASK}\nCOMP_WORDBREAKS='{breaks}'\nPYTHON={sys.executable}\n{asked}"
    told = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    return [line.split() for line in told.stdout.split("\n")[:-1]]


def test_groups_and_their_choices_are_completed() -> None:
    command = "python -m experiments.run"
    assert completed(f"{command} optimizer=ns", f"{command} -m optimizer=nsga2,mor", "python -m pytest te") == [
        ["nsga2", "nsga3"],
        ["nsga2,morea"],
        [],
    ]


@pytest.mark.slow
def test_settings_are_completed_too() -> None:
    command = "python -m experiments.run"
    asked = [f"{command} optimizer=nsga2 optimizer.p", f"{command} -m hydra/launcher=sub", f"{command} prob"]
    assert completed(*asked, f"{command} cost=d", breaks=" ") == [
        ["optimizer.pop_size="],
        ["hydra/launcher=submitit_local", "hydra/launcher=submitit_slurm"],
        ["problem.", "problem="],
        ["cost=decoupled"],
    ]
