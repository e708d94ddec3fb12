"""What several files of tests start from: runs that are there already, which each test may spoil a copy of."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hwbench_mo as hb
from hwbench_mo.assessment import Comparison, read_runs
from optimizers import NSGA2, LocalSearch, RandomSearch
from tests.support.browser import Opened, chromium, opened
from tests.support.commands import run
from tests.support.own_module import MODULE, forget

PROBLEMS = (("gpt_s", "perplexity", "latency@a100"), ("gpt_m", "accuracy", "params"), ("gpt_l", "latency@h100"))

HOSTILE = "</script><script>window.hacked = 1</script>\"'&\u2028☃ <img src=x onerror=hacked()>"
"""Of an optimizer."""
SHOWN = (["perplexity", "latency@a100"], ["perplexity", "latency@a100", "energy@a100"], ["accuracy", "params"])
SHOWN_BUDGET = 60

OF_FINISHED = ("experiments.run", "-m", "seed=0", "budget=10")


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "out"
    assert run(*OF_FINISHED, f"out={folder}").returncode == 0
    return folder


@pytest.fixture
def finished(finished_once: Path, tmp_path: Path) -> Path:
    """A folder of its own with the plan and the result of a sweep of one run: ``-m seed=0 budget=10``."""
    return Path(shutil.copytree(finished_once, tmp_path / "finished"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two problems and another of one objective, two optimizers, noise and none, and runs of different lengths."""
    folder = tmp_path_factory.mktemp("made")
    for space, *objectives in PROBLEMS:
        for optimizer in (RandomSearch, LocalSearch):
            for seed in range(3):
                _save(folder, space, objectives, optimizer, seed, noise="none", n=20 + 7 * seed)
    _save(folder, "gpt_s", ["perplexity", "latency@a100"], RandomSearch, 0, noise="sample", n=31)
    return folder


@pytest.fixture
def runs(tmp_path: Path, made: Path) -> Path:
    """A copy, for a test to spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))


def _save(
    folder: Path,
    space: str,
    objectives: list[str],
    optimizer: type[RandomSearch] | type[LocalSearch],
    seed: int,
    *,
    noise: str,
    n: int,
) -> None:
    problem = hb.make_problem(space, objectives, noise=noise, seed=seed)  # type: ignore[arg-type]
    config = {"seed": seed, "budget": 40, "optimizer": {"name": optimizer.__name__}}
    run = hb.simulate(problem, optimizer(problem, seed=seed), budget=n, n_workers=3, config=config)
    own = replace(run, provenance={**run.provenance, "identity": f"{problem.name} {optimizer.__name__} {seed} {noise}"})
    own.save(folder / problem.name / optimizer.__name__ / f"seed-{seed}-{noise}.parquet")


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of three problems, with their report."""
    folder = tmp_path_factory.mktemp("reported")
    for objectives in SHOWN:
        problem = hb.make_problem("gpt_s", objectives)
        for name, optimizer in (("random_search", RandomSearch), ("nsga2", NSGA2), (HOSTILE, LocalSearch)):
            for seed in range(3):
                own: dict[str, Any] = {"pop_size": 20} if optimizer is NSGA2 else {}
                config = {"seed": seed, "budget": SHOWN_BUDGET, "optimizer": {"name": name, **own}}
                simulated = hb.simulate(
                    problem, optimizer(problem, seed=seed, **own), budget=SHOWN_BUDGET, config=config
                )
                simulated.save(folder / problem.name / f"{optimizer.__name__}-{seed}.parquet")
    assert run("experiments.report", str(folder), "--title", "A <b>title</b>").returncode == 0
    return folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module with a metric, on the path under a name that no other test has."""
    path = tmp_path / f"metrics_of_{tmp_path.name}.py".replace("-", "_")
    path.write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield path
    forget(path)


@pytest.fixture(scope="module")
def comparisons(reported: Path) -> list[Comparison]:
    return hb.compare(read_runs(reported))


@pytest.fixture(scope="module")
def shown(reported: Path) -> Iterator[Opened]:
    with chromium() as browser:
        yield opened(browser, reported / "report.html")
