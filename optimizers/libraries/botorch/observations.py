"""What a model-based optimizer knows when it proposes, and the units in which models see it."""

from dataclasses import dataclass

import numpy as np

from hwbench_mo.typing import Codes, Floats, Values
from optimizers.shared.units import units_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What an optimizer knows when it proposes."""

    codes: Codes
    values: Values
    pending: Codes
    """Codes that are being evaluated."""
    parts: Values
    """``[pending, m]``; what is known of these, NaN elsewhere."""
    reference: Floats | None
    """``[m]``; the problem's reference point."""


def standardised(values: Values, reference: Floats | None) -> tuple[Values, Floats]:
    """``[n, m]``, maximised, of mean 0 and variance 1, and the reference point in the same units.

    Where no value dominates the reference point, or there is none, it is a tenth of the range beyond the worst values.

    >>> standardised(np.array([[1e300, 5.0], [-1e300, 5.0]]), None)
    (array([[-1.,  0.],
           [ 1.,  0.]]), array([-1.2, -0.1]))
    """
    units, mean, spread = _scale_of(values)
    own = (mean - values / units) / spread
    worst = own.min(axis=0) - 0.1 * np.maximum(np.ptp(own, axis=0), 1.0)
    if reference is not None:
        theirs = standardised_as(values, reference)
        if (own > theirs).all(axis=1).any():
            worst = theirs
    return own, worst


def standardised_as(values: Values, others: Values) -> Values:
    """Other points as `standardised` makes them of ``values``, within a thousand deviations; NaN stays.

    >>> standardised_as(np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[3.0, np.nan]]))
    array([[-2., nan]])
    """
    units, mean, spread = _scale_of(values)
    with np.errstate(over="ignore"):
        return np.clip((mean - others / units) / spread, -1e3, 1e3)


def _scale_of(values: Values) -> tuple[Floats, Floats, Floats]:
    """Unit, mean and deviation of each objective, the last two in units."""
    units = units_of(values)
    scaled = values / units
    mean, spread = scaled.mean(axis=0), scaled.std(axis=0)
    return units, mean, np.where(spread > 1e-12 * np.abs(scaled).max(axis=0), spread, 1.0)
