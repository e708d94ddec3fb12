"""Which architectures were proposed already."""

import numpy as np

from hwbench_mo.testing.problems import TINY
from optimizers.shared import History
from tests.support.spaces import codes_of


def test_history_knows_what_was_seen() -> None:
    history = History()
    codes = codes_of(TINY)
    assert (history.add_new(np.concatenate([codes, codes])) == codes).all()
    assert len(history) == len(codes)
