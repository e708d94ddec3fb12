"""What the documents show runs as it stands there, and so do the examples."""

import json
import linecache
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from experiments.sweeps import catalogue
from optimizers.shared import isolated
from tests.support.commands import results, run
from tests.support.own_module import forget
from tests.support.spaces import ROOT

RUNNABLE = ("constraints.md", "frameworks.md", "own_metric.md", "own_optimizer.md", "start.md")
"""Documents whose blocks of Python run, one after the other, in an empty folder."""
NEEDS = {"frameworks.md": ("pymoo", "botorch", "optuna", "syne_tune", "huggingface_hub", "ax", "nevergrad")}
"""By document the libraries that it imports; importing them takes seconds."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [pytest.param(one, marks=[pytest.mark.slow] * (one in NEEDS)) for one in RUNNABLE])
def test_python_of_a_document_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in NEEDS.get(name, ()):
        pytest.importorskip(library, reason=f"{library} is not installed")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "document"}
    for place, block in enumerate(
        re.findall(r"```python\n(.*?)```", (ROOT / "docs" / name).read_text(), flags=re.DOTALL)
    ):
        file = f"<{name}, block {place}>"  # whose source is known, as that of a notebook's cell
        monkeypatch.setitem(linecache.cache, file, (len(block), None, block.splitlines(keepends=True), file))
        exec(compile(block, file, "exec"), names)


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


def test_the_sweep_with_a_metric_of_ones_own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "docs" / "own_metric.md").read_text().split("\n## In sweeps\n")[1].split("\n## ")[0]
    (module,) = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    (commands,) = re.findall(r"```bash\n(.*?)```", section, flags=re.DOTALL)
    package = tmp_path / "my_package.py"
    package.write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = commands.replace("\\\n", "").splitlines()
    assert len(lines) == 4
    for line in lines:
        forget(package)
        start, dash, name, *words = shlex.split(line, comments=True)
        assert (start, dash) == ("python", "-m")
        done = run("hwbench_mo.__main__" if name == "hwbench_mo" else name, *words)
        assert done.returncode == 0, done.stderr
    forget(package)
    assert (tmp_path / "outputs" / "cache" / "report.html").exists()


FRAMEWORKS = {
    "ax_loop": ("ax", {"n_trials": 7}),
    "nevergrad_run": ("nevergrad", {"budget": 200}),
    "pymoo_nsga2": ("pymoo", {"budget": 300}),
    "optuna_study": ("optuna", {"n_trials": 12}),
    "syne_tune_experiment": ("syne_tune", {"n_trials": 8}),
    "botorch_qlognehvi": ("botorch", {"n_initial": 8, "n_batches": 2}),
}
"""By example of another framework: its library, and how a short run of it is called."""
TAKES_SECONDS = ("ax_loop", "botorch_qlognehvi", "nevergrad_run", "optuna_study")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.slow] * (one in TAKES_SECONDS)) for one in FRAMEWORKS]
)
def test_examples_of_other_frameworks_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, short = FRAMEWORKS[name]
    pytest.importorskip(library, reason=f"{library} is not installed")
    for variable in ("SYNETUNE_FOLDER", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with isolated():
        example = runpy.run_path(str(ROOT / "examples" / "frameworks" / f"{name}.py"))
        found = example["main"](**short)
    regrets = found if isinstance(found, list) else [found[0] if isinstance(found, tuple) else found]
    assert all(0 < regret < 0.6 for regret in regrets)
    assert regrets == sorted(regrets, reverse=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_optunas_dashboard_finds_the_study_of_the_example(tmp_path: Path) -> None:
    dashboard = pytest.importorskip("optuna_dashboard", reason="optuna-dashboard is not installed")
    storages = pytest.importorskip("optuna.storages", reason="Optuna is not installed")
    journal = str(tmp_path / "study.log")
    runpy.run_path(str(ROOT / "examples" / "frameworks" / "optuna_study.py"))["main"](n_trials=5, journal=journal)
    page = dashboard.wsgi(storages.JournalStorage(storages.journal.JournalFileBackend(journal)))
    request: dict[str, Any] = {"PATH_INFO": "/api/studies/0", "QUERY_STRING": "after=0"}
    setup_testing_defaults(request)
    answer = json.loads(b"".join(page(request, lambda *said: None)))
    assert len(answer["trials"]) == 5
    assert answer["objective_names"] == ["accuracy", "latency@a100"]
    assert answer["directions"] == ["maximize", "minimize"]
