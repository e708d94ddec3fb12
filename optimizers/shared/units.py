"""Units in which objectives are of the order of 1, for libraries with absolute thresholds."""

import numpy as np

from hwbench_mo.typing import Floats, Values


def units_of(values: Values) -> Floats:
    """``[m]``; for each objective the power of two next below its range, or its magnitude if all are equal, or 1.

    pymoo compares with thresholds such as 1e-6, under which differences of an energy of 1e-3 Wh disappear. Division by
    a power of two changes no bit of the mantissa and no comparison.

    >>> units_of(np.array([[0.001, 5.0, 0.0], [0.004, 5.0, 0.0]])).tolist()
    [0.001953125, 4.0, 1.0]
    """
    half_range = values.max(axis=0) / 2 - values.min(axis=0) / 2  # the range itself may overflow
    width = np.where(half_range > 0, half_range, np.abs(values).max(axis=0) / 2)
    return np.where(width > 0, np.ldexp(1.0, np.minimum(np.frexp(width)[1], 1023)), 1.0)
