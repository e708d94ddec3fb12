"""Optimizers of users: by a folder of configurations, by their class, and by an entry point."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from experiments.sweeps import catalogue
from hwbench_mo import read_runs
from tests.support.commands import run

MODULE = '''"""Mine."""

import numpy as np


class Mine:
    """Samples at random, so many at a time."""

    def __init__(self, problem, *, seed, size=3, weights=(1, 2)):
        self.space, self.rng = problem.space, np.random.default_rng(seed)
        assert isinstance(size, int)

    def ask(self, n):
        return self.space.sample(n, self.rng)

    def tell(self, codes, values):
        pass
'''


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of configurations with an optimizer ``mine``, whose module is on the path."""
    name = f"package_of_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "my conf" / "optimizer"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(f"_target_: {name}.Mine\n_partial_: true\nsize: 4\n")
    monkeypatch.setattr(catalogue, "folders", [])
    monkeypatch.setattr(catalogue, "classes", {})
    yield folder.parent
    sys.modules.pop(name, None)


def target(conf: Path) -> str:
    return (conf / "optimizer" / "mine.yaml").read_text().split()[1]


def sizes(out: Path) -> list[tuple[str, object]]:
    return sorted({(run.config["optimizer"]["name"], run.config["optimizer"].get("size")) for run in read_runs(out)})


def test_a_folder_of_configurations(conf: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for more in ("optimizer=mine,nsga2", "optimizer=mine optimizer.size=7"):
        done = run(
            "experiments.run", "-m", "--config-dir", str(conf), *more.split(), "seeds=2", "budget=5", f"out={out}"
        )
        assert done.returncode == 0, done.stderr
    assert sizes(out) == [("mine", 4), ("mine", 7), ("nsga2", None)]
    told = run("experiments.status", str(out)).stdout
    assert "6 done" in told
    assert "mine" in run("experiments.compare", str(out)).stdout


def test_a_class_on_the_command_line(conf: Path, tmp_path: Path) -> None:
    given = [f"optimizer._target_={target(conf)}", "optimizer.name=ours"]
    done = run("experiments.run", "-m", *given, "optimizer.size=2,3", "seeds=1", "budget=5", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    assert sizes(tmp_path / "out") == [("ours", 2), ("ours", 3)]
    found = run("experiments.run", *given, "optimizer.size=2", "seed=0", "budget=5", f"out={tmp_path / 'out'}")
    assert "found, not repeated" in found.stdout


def test_the_source_of_ones_own_optimizer_is_part_of_a_runs_identity(conf: Path, tmp_path: Path) -> None:
    from hwbench_mo.sources import read_source

    command = ["--config-dir", str(conf), "optimizer=mine", "budget=5", f"out={tmp_path / 'out'}"]
    assert run("experiments.run", *command).returncode == 0
    module = tmp_path / f"{target(conf).partition('.')[0]}.py"
    module.write_text(MODULE.replace("pass", "self.told = True"))
    read_source.cache_clear()  # a process reads each module once
    again = run("experiments.run", *command)
    assert again.returncode == 0, again.stderr
    assert len(read_runs(tmp_path / "out")) == 2


def test_an_entry_point_of_an_installed_package(conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("theirs", target(conf).replace(".Mine", ":Mine"), catalogue.ENTRY_POINTS)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [point] if group == catalogue.ENTRY_POINTS else [])
    told = run("experiments.run", "--help").stdout
    assert "  theirs         Samples at random, so many at a time.\n" in told
    done = run("experiments.run", "optimizer=theirs", "optimizer.size=2", "budget=5", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    assert sizes(tmp_path / "out") == [("theirs", 2)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config-dir", "nowhere", "optimizer=mine"], "--config-dir nowhere: there is no such folder"),
        (["optimizer._target_=TARGET"], "optimizer._target_=TARGET needs another setting: add optimizer.name=mine"),
        (["optimizer.name=mine"], "optimizer.name=mine needs another setting: add optimizer._target_=my_package.Mine"),
        (
            ["optimizer._target_=TARGET", "optimizer.name=nsga2"],
            "optimizer.name=nsga2 is the name of an optimizer",
        ),
        (["optimizer._target_=TARGET", "optimizer.name=a-b"], "optimizer.name=a-b: a name is of letters, digits and"),
        (["optimizer._target_=TARGETS", "optimizer.name=mine"], "'MineS'; valid, nearest first: Mine"),
        (["optimizer._target_=no_such.Mine", "optimizer.name=mine"], "No module named 'no_such'; is its folder on"),
        (
            ["optimizer._target_=TARGET", "optimizer.name=mine", "optimizer=nsga2"],
            "valid, nearest first: mine",
        ),
        (
            ["optimizer._target_=TARGET", "optimizer.name=mine", "optimizer.sise=3"],
            "unknown setting 'optimizer.sise'",
        ),
    ],
)
def test_mistakes_are_named_in_one_line(conf: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    words = [word.replace("TARGET", target(conf)) for word in arguments]
    done = run("experiments.run", *words, f"out={tmp_path / 'out'}")
    assert done.returncode == 2
    assert message.replace("TARGET", target(conf)) in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_name_of_a_configuration_that_ships_is_refused(conf: Path) -> None:
    (conf / "optimizer" / "nsga2.yaml").write_text("_target_: anything\n")
    done = run("experiments.run", "--config-dir", str(conf), "optimizer=nsga2")
    assert done.returncode == 2
    assert "nsga2 is the name of a configuration that ships; take another" in done.stderr
