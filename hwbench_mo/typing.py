"""Array types. One letter per axis everywhere: n architectures, d genes, m objectives, k quantile levels."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""``[n, d]``; choice indices, one row an architecture. See `hwbench_mo.spaces.SearchSpace`."""

Values = NDArray[np.float64]
"""``[n, m]``; every column minimised, in the order of ``Problem.objectives``."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
