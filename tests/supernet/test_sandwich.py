"""Draws depend on the seed and the step alone."""

import numpy as np
import pytest

from hwbench_mo.errors import InputError
from hwbench_mo.supernet.sandwich import random_architectures, window_starts, windows
from tests.supernet.toy import TOY


def test_draws_are_keyed() -> None:
    one = random_architectures(TOY, 5, seed=0, step=3)
    np.random.default_rng(0).random(100)
    assert one == random_architectures(TOY, 5, seed=0, step=3)
    assert one != random_architectures(TOY, 5, seed=0, step=4)
    assert one != random_architectures(TOY, 5, seed=1, step=3)
    starts = [window_starts(500, 8, sequence=9, seed=0, step=2, micro_batch=j).tolist() for j in (0, 0, 1)]
    assert starts[0] == starts[1] != starts[2]


def test_windows_lie_within_the_text() -> None:
    tokens = np.arange(12, dtype=np.uint16)
    starts = window_starts(12, 200, sequence=10, seed=0, step=0, micro_batch=0)
    assert set(starts.tolist()) == {0, 1}
    found = windows(tokens, starts, 10)
    assert found.shape == (200, 11)
    assert (found == starts[:, None] + np.arange(11)).all()
    with pytest.raises(InputError, match="has 10 tokens to train on, but a sequence needs 11"):
        window_starts(10, 1, sequence=10, seed=0, step=0, micro_batch=0)
