"""What README.md shows runs as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

import hwbench_mo as hb
from tests.support.commands import results, run
from tests.support.spaces import MEASUREMENTS, ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
def test_python_of_the_readme_runs(block: str) -> None:
    exec(compile(_with_measurements(block), "README.md", "exec"), {"__name__": "readme", "hb": hb})


@pytest.mark.parametrize("line", re.findall(r"^python -m (experiments\.run .*)$", README, flags=re.MULTILINE))
def test_commands_of_the_readme_run(line: str, tmp_path: Path) -> None:
    short = line.replace("range(0,10)", "range(0,2)")  # Hydra takes 0.1 s a job
    done = run(*shlex.split(_with_measurements(short), comments=True), "budget=10", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)


def _with_measurements(text: str) -> str:
    if "MEASUREMENTS" in text and not MEASUREMENTS.is_dir():
        pytest.skip(f"no measurements at {MEASUREMENTS}")
    return text.replace("MEASUREMENTS", str(MEASUREMENTS))
