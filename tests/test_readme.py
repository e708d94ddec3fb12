"""What README.md, docs/running.md and docs/device_tables.md show runs as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

import hwbench_mo as hb
from hwbench_mo.__main__ import main
from tests.support.commands import results, run
from tests.support.device import fitted_once
from tests.support.spaces import MEASUREMENTS, ROOT

README = "\n".join((ROOT / name).read_text() for name in ("README.md", "docs/running.md", "docs/device_tables.md"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `hwbench-mo fit` makes of measurements, which here are simulated: there is no GPU."""
    return fitted_once(tmp_path_factory)


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
def test_python_of_the_readme_runs(block: str, tables: Path) -> None:
    exec(compile(_with_folders(block, tables), "README.md", "exec"), {"__name__": "readme", "hb": hb})


@pytest.mark.parametrize("line", re.findall(r"^python -m (experiments\.run .*)$", README, flags=re.MULTILINE))
def test_commands_of_the_readme_run(line: str, tables: Path, tmp_path: Path) -> None:
    short = line.replace("range(0,10)", "range(0,2)")  # Hydra takes 0.1 s a job
    done = run(*shlex.split(_with_folders(short, tables), comments=True), "budget=10", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)


def test_the_fit_of_the_readme_runs(tables: Path, tmp_path: Path) -> None:
    (line,) = re.findall(r"^hwbench-mo (fit .*?) *#", README, flags=re.MULTILINE)
    arguments = line.replace("my_gpu/", str(tables.parent / "my_gpu")).replace("my_tables", str(tmp_path / "out"))
    assert main(shlex.split(arguments)) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["gpt_m-my_gpu.zip", "gpt_s-my_gpu.zip"]


def _with_folders(text: str, tables: Path) -> str:
    if "MEASUREMENTS" in text and not MEASUREMENTS.is_dir():
        pytest.skip(f"no measurements at {MEASUREMENTS}")
    return text.replace("MEASUREMENTS", str(MEASUREMENTS)).replace("my_tables", str(tables))
