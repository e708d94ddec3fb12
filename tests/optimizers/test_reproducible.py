"""The same seed gives the same bytes: in any process, with any number of threads, after any other runs."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.digests import digests
from tests.support.optimizers import MARKS, OPTIMIZERS, every_optimizer
from tests.support.spaces import ROOT

INSTALLED = [name for name in OPTIMIZERS if not any(mark.args[0] for mark in MARKS.get(name, []))]


def elsewhere(names: list[str], *options: str, n_threads: int, hash_seed: int) -> Any:
    """What `tests.support.digests` answers in a process of its own, whose libraries have so many threads."""
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    settings = {**dict.fromkeys(variables, str(n_threads)), "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-m", "tests.support.digests", "--threads", str(n_threads), *options, *names]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def here() -> dict[str, list[str]]:
    return digests(INSTALLED)


@pytest.fixture(scope="module")
def with_one_thread() -> Any:
    return elsewhere(INSTALLED, n_threads=1, hash_seed=1)


@pytest.fixture(scope="module")
def with_more_threads() -> Any:
    """After other seeds, and in the other order."""
    return elsewhere(INSTALLED[::-1], "--after-other-seeds", n_threads=4, hash_seed=2)


@every_optimizer
def test_the_same_seed_gives_the_same_bytes(
    name: str, here: dict[str, list[str]], with_one_thread: Any, with_more_threads: Any
) -> None:
    assert with_one_thread["digests"][name] == here[name]
    assert with_more_threads["digests"][name] == here[name]


def test_hashes_tell_optimizers_apart(here: dict[str, list[str]]) -> None:
    assert len({on_gpt_s for on_gpt_s, _ in here.values()}) == len(here)


@pytest.mark.skipif(os.cpu_count() == 1, reason="libraries have no more threads than there are cores")
def test_libraries_have_the_threads_that_they_were_given(with_one_thread: Any, with_more_threads: Any) -> None:
    assert with_more_threads["n_threads"] > with_one_thread["n_threads"]
