"""What several files of tests start from."""

import shutil
from pathlib import Path

import pytest

from tests.support.commands import run

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
