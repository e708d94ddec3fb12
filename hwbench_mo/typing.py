"""Array types. One letter per axis everywhere: n architectures, d genes, m objectives, k quantile levels."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""``[n, d]``; choice indices, one row an architecture. See `hwbench_mo.spaces.SearchSpace`."""

Values = NDArray[np.float64]
"""``[n, m]``; every column minimised, in the order of ``Problem.objectives``."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Array = TypeVar("Array", bound=NDArray[Any])


def read_only(array: Array) -> Array:
    """The same array, which nobody can write to any more."""
    array.setflags(write=False)
    return array
