"""Which architectures were proposed already."""

import numpy as np

from optimizers.shared import History
from tests.support.optimizers import TINY
from tests.support.spaces import codes_of


def test_history_knows_what_was_seen() -> None:
    history = History()
    codes = codes_of(TINY)
    assert (history.add_new(np.concatenate([codes, codes])) == codes).all()
    assert len(history) == len(codes)
