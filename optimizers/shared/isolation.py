"""Calls of other libraries that leave the state of the process as it was."""

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def isolated() -> Iterator[None]:
    """Restores the global generators of numpy and Python and the filters of warnings; ignores warnings meanwhile.

    >>> state = random.getstate()
    >>> with isolated():
    ...     _ = random.random()
    >>> random.getstate() == state
    True
    """
    states = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(states[0])  # noqa: NPY002
        random.setstate(states[1])
