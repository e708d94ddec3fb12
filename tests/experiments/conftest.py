"""What several files of tests start from: runs that are there already, which each test may spoil a copy of."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import hwbench_mo as hb
from optimizers import LocalSearch, RandomSearch
from tests.support.commands import run

PROBLEMS = (("gpt_s", "perplexity", "latency@a100"), ("gpt_m", "accuracy", "params"), ("gpt_l", "latency@h100"))

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
