"""What a model-based optimizer has observed, and its values standardised for the models."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.typing import Bools, Codes, Floats, Values
from optimizers.shared import units_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Observations:
    """Results and pending evaluations; values are minimised."""

    codes: Codes
    values: Values
    pending: Codes
    """``[p, d]``; codes that are being evaluated."""
    partial: Values
    """``[p, m]``; the values of pending codes that are known already, NaN elsewhere."""
    reference: Floats | None
    """``[m]``; the problem's reference point, if it has one."""
    violations: Values
    """``[n, c]``; of constraints, above 0 where one is violated."""

    @property
    def feasible(self) -> Bools:
        """``[n]``; which results keep every constraint."""
        return np.asarray((self.violations <= 0).all(axis=1))


def standardised(values: Values, reference: Floats | None) -> tuple[Values, Floats]:
    """``[n, m]``, maximised, of mean 0 and variance 1, and the reference point ``[m]`` in the same units.

    Without a reference point, or if no value dominates it, a tenth of the range beyond the worst values is taken.

    >>> standardised(np.array([[1e300, 5.0], [-1e300, 5.0]]), None)
    (array([[-1.,  0.],
           [ 1.,  0.]]), array([-1.2, -0.1]))
    """
    units, mean, deviation = _scale_of(values)
    own = (mean - values / units) / deviation
    worst = own.min(axis=0) - 0.1 * np.maximum(np.ptp(own, axis=0), 1.0)
    if reference is not None:
        theirs = standardised_as(values, reference)
        if (own > theirs).all(axis=1).any():
            worst = theirs
    return own, worst


def standardised_as(values: Values, others: Values) -> Values:
    """Other points in the units of `standardised` ``values``, clipped at a thousand deviations; NaN stays NaN.

    >>> standardised_as(np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[3.0, np.nan]]))
    array([[-2., nan]])
    """
    units, mean, deviation = _scale_of(values)
    with np.errstate(over="ignore"):
        return np.clip((mean - others / units) / deviation, -1e3, 1e3)


def _scale_of(values: Values) -> tuple[Floats, Floats, Floats]:
    """Unit of each objective, and mean and standard deviation in that unit; the deviation of equal values is 1."""
    units = units_of(values)
    scaled = values / units
    mean, deviation = scaled.mean(axis=0), scaled.std(axis=0)
    return units, mean, np.where(deviation > 1e-12 * np.abs(scaled).max(axis=0), deviation, 1.0)
