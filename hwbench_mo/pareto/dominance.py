"""Pareto dominance of points, every objective minimised."""

import numpy as np

from hwbench_mo.typing import Bools, Floats, Values


def nondominated(values: Values, /) -> Bools:
    """``[n]``; which rows no other row dominates; of equal rows, the first. Every column is minimised.

    >>> nondominated(np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0]]))
    array([ True,  True, False, False])
    """
    if values.shape[1] == 1:
        only: Bools = np.arange(len(values)) == np.argmin(values[:, 0])
        return only
    import moocore

    answer: Bools = moocore.is_nondominated(values, keep_weakly=False)
    return answer


def improvements(values: Values, /) -> Bools:
    """``[n]``; which rows neither an earlier row dominates nor equals: those that an archive takes in when they come.

    >>> improvements(np.array([[2.0, 2.0], [2.0, 2.0], [3.0, 1.0], [1.0, 1.0], [1.0, 3.0]]))
    array([ True, False,  True,  True, False])
    """
    if values.shape[1] == 1:
        before = np.concatenate([[np.inf], np.minimum.accumulate(values[:, 0])[:-1]]) if len(values) else values[:, 0]
        return np.asarray(values[:, 0] < before)
    return nondominated(np.column_stack([values, np.arange(len(values))]))


def at_least_as_good(values: Values, point: Floats, /) -> Bools:
    """``[n]``; which rows of ``values`` ``[n, m]`` are not worse than ``point`` ``[m]`` in any objective."""
    return np.asarray((values <= point).all(axis=1))


def at_least_as_bad(values: Values, point: Floats, /) -> Bools:
    """``[n]``; which rows of ``values`` ``[n, m]`` are not better than ``point`` ``[m]`` in any objective."""
    return np.asarray((values >= point).all(axis=1))
