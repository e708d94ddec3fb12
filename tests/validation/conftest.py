"""Measurements of known tables, which the tests of validation share."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo.benchmark import load_benchmark
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.spaces import get_space
from tests.support.measured import TOY, random_models, write_random
from tests.support.validation import TARGETS


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measurements:
    """Of a toy space; few targets, to be quick."""
    place = tmp_path_factory.mktemp("measurements")
    write_random(place, TOY, random_models(TOY), n=900)
    everything = read_measurements(place, TOY)
    names = (*TARGETS, "accuracy", "memory_float16")
    return replace(everything, readings={target: everything.readings[target] for target in names})


@pytest.fixture(scope="session")
def few(measured: Measurements) -> Measurements:
    """A part of them, where scores do not matter."""
    return measured.take(np.arange(len(measured.codes)) % 6 == 0)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of measurements of gpt_s."""
    place = tmp_path_factory.mktemp("gpt_s")
    write_random(place, get_space("gpt_s"), load_benchmark("gpt_s").models, n=400)
    return place
