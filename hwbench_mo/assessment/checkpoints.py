"""At which evaluations the indicators of a run are computed."""

from functools import lru_cache

import numpy as np

from hwbench_mo.typing import Ints, read_only

EACH_UP_TO = 30
"""Every evaluation up to this one is a checkpoint."""
PER_DECADE = 20
"""From there on, so many of each tenfold, evenly on a logarithmic axis."""
SHARES = (0.1, 0.25, 0.5)
"""Shares of a run at which it is looked at, too: see `robustness_table`."""


@lru_cache(maxsize=256)
def checkpoints(n: int) -> Ints:
    """``[k]``, ascending; numbers of evaluations from 1 to ``n``, both included.

    The same for every run, whatever its budget, but for tenths, quarters and halves of it, and its end.

    >>> checkpoints(1000)[[0, 1, 28, 29, 30, 31, -1]].tolist(), len(checkpoints(1000)), len(checkpoints(10_000))
    ([1, 2, 29, 30, 32, 35, 1000], 63, 83)
    """
    exponents = np.arange(np.log10(EACH_UP_TO), np.log10(max(n, 1)) + 1, 1 / PER_DECADE)
    spaced = np.round(10 ** (np.floor(exponents * PER_DECADE) / PER_DECADE))
    shares = np.floor(n * np.array(SHARES))
    every = np.concatenate([np.arange(1, EACH_UP_TO + 1), spaced, shares, [n]]).astype(np.int64)
    return read_only(np.unique(every[(every >= 1) & (every <= n)]))


def at_checkpoint(evaluations: Ints, wanted: int) -> int:
    """The place of the last checkpoint that is not after ``wanted``, or of the first one.

    >>> at_checkpoint(np.array([1, 2, 10]), 9), at_checkpoint(np.array([1, 2, 10]), 50)
    (1, 2)
    """
    return max(int(np.searchsorted(evaluations, wanted, side="right")) - 1, 0)
