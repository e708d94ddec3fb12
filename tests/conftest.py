"""Tests leave the user's cache alone, and find nothing in it; metrics that one defines mean nothing to another."""

import os
from collections.abc import Iterator

import pytest

from hwbench_mo.benchmark.front_cache import VARIABLE
from hwbench_mo.own_metrics import DECLARED

os.environ[VARIABLE] = ""


@pytest.fixture(autouse=True)
def _declared_metrics() -> Iterator[None]:
    before = dict(DECLARED)
    DECLARED.clear()
    yield
    DECLARED.clear()
    DECLARED.update(before)
