"""A folder of measurements to read, and a copy of it to spoil."""

import shutil
from pathlib import Path

import pytest

from tests.support.measured import TOY, random_models, write_random


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Measurements on thirteen devices, with noise, outliers and missing repeats."""
    place = tmp_path_factory.mktemp("measurements")
    write_random(place, TOY, random_models(TOY), n=60)
    return place


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The same folder, to spoil."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))
