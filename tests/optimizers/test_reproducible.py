"""The same seed gives the same bytes: in any process, with any number of threads, after any other runs."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.digests import digests_with
from tests.support.optimizers import MARKS, OPTIMIZERS, every_optimizer
from tests.support.spaces import ROOT

INSTALLED = [name for name in OPTIMIZERS if not any(mark.args[0] for mark in MARKS.get(name, []))]


@pytest.fixture(scope="module")
def here() -> Any:
    """In this process, after whatever other tests ran in it, with one thread."""
    return digests_with(INSTALLED, n_threads=1)


@pytest.fixture(scope="module")
def elsewhere() -> Any:
    """In a process of its own with more threads and another hash seed, after other seeds, in the other order."""
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(variables, "4"), "PYTHONHASHSEED": "2"}
    command = [sys.executable, "-m", "tests.support.digests", "--threads", "4", "--after-other-seeds", *INSTALLED[::-1]]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@every_optimizer
def test_the_same_seed_gives_the_same_bytes(name: str, here: Any, elsewhere: Any) -> None:
    assert elsewhere["digests"][name] == here["digests"][name]


def test_hashes_tell_optimizers_apart(here: Any) -> None:
    assert len({on_gpt_s for on_gpt_s, _ in here["digests"].values()}) == len(INSTALLED)


@pytest.mark.skipif(os.cpu_count() == 1, reason="libraries have no more threads than there are cores")
def test_libraries_have_the_threads_that_they_were_given(here: Any, elsewhere: Any) -> None:
    assert elsewhere["n_threads"] > here["n_threads"]
