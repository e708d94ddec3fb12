"""What the documents show runs as it stands there, and so do the examples."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.sweeps import catalogue
from tests.support.commands import results, run
from tests.support.spaces import ROOT

RUNNABLE = ("own_optimizer.md", "start.md")
"""Documents whose blocks of Python run, one after the other, in an empty folder."""


@pytest.mark.parametrize("name", RUNNABLE)
def test_python_of_a_document_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "document"}
    for block in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / name).read_text(), flags=re.DOTALL):
        exec(compile(block, name, "exec"), names)


@pytest.fixture
def my_optimizer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the example package, on the path."""
    folder = ROOT / "examples" / "my_optimizer"
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(catalogue, "folders", [])
    yield folder
    for module in [name for name in sys.modules if name.partition(".")[0] == "my_optimizer"]:
        del sys.modules[module]


def test_the_tests_of_the_example_package_pass(my_optimizer: Path) -> None:
    names: dict[str, object] = {}
    exec(compile((my_optimizer / "tests" / "test_evolution.py").read_text(), "test_evolution.py", "exec"), names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()  # type: ignore[operator]


def test_the_configuration_of_the_example_package_runs(my_optimizer: Path, tmp_path: Path) -> None:
    words = ["--config-dir", str(my_optimizer / "conf"), "optimizer=evolution_fast", "budget=20", f"out={tmp_path}"]
    done = run("experiments.run", *words)
    assert done.returncode == 0, done.stderr
    assert len(results(tmp_path)) == 1
