"""Choosing on a front without limits: knees, pseudo-weights and achievement scalarisation, as pymoo has them.

pymoo is no requirement of the library: the extra ``pymoo`` brings it.
"""

import warnings
from collections.abc import Sequence

import numpy as np

from hwbench_mo.checks import check_numbers
from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install
from hwbench_mo.typing import Floats, Ints, Values


def knee_points(values: Values, /) -> Ints:
    """``[k]``; rows of a front that are knees, in ascending order.

    A step away from a knee costs much in one objective and gains little in another: of all points, those whose least
    trade-off with their neighbours is two standard deviations above the mean (Rachmawati & Srinivasan, 2009; pymoo's
    ``HighTradeoffPoints``).

    Parameters
    ----------
    values
        ``[n, m]``, every column minimised, such as ``problem.pareto_front().values``; ideal and nadir are its own.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> front = hb.make_problem("gpt_s", ["perplexity", "latency@a100"]).pareto_front()
    >>> len(hb.knee_points(front.values)) > 0
    True
    """
    try:
        from pymoo.mcdm.high_tradeoff import HighTradeoffPoints
    except ModuleNotFoundError:
        raise needs_pymoo() from None
    points = _normalised(values)
    with warnings.catch_warnings():  # it switches all warnings off, for good
        found = HighTradeoffPoints().do(points)
    rows = np.zeros(0, dtype=np.int64) if found is None else np.sort(np.asarray(found, dtype=np.int64).ravel())
    if not len(rows):
        raise InputError(f"these {len(points)} points have no knee: no trade-off stands out; use by_pseudo_weights")
    return rows


def by_pseudo_weights(values: Values, weights: Sequence[float] | Floats, /) -> int:
    """The row of a front whose position between ideal and nadir is nearest to some weights.

    A point's pseudo-weight in an objective is its distance from the worst, as a share of all its distances (Deb, 2001;
    pymoo's ``PseudoWeights``): ``[1, 0]`` is the best in the first objective, ``[0.5, 0.5]`` halfway.

    Examples
    --------
    >>> by_pseudo_weights([[0.0, 1.0], [0.4, 0.5], [1.0, 0.0]], [0.5, 0.5])
    1
    """
    try:
        from pymoo.mcdm.pseudo_weights import PseudoWeights
    except ModuleNotFoundError:
        raise needs_pymoo() from None
    points = _normalised(values)
    shares = _weights(weights, points.shape[1])
    return int(PseudoWeights(shares / shares.sum()).do(points))


def by_achievement(
    values: Values, weights: Sequence[float] | Floats, /, *, aspiration: Sequence[float] | Floats | None = None
) -> int:
    """The row of a front that is least far beyond an aspiration in its worst objective, by weight.

    Minimises ``max((values - aspiration) / weights)`` with values between ideal (0) and nadir (1) (Wierzbicki, 1980;
    pymoo's ``ASF``): an objective with a small weight is important. The aspiration is in the objectives' own
    units; by default it is the ideal point.

    Examples
    --------
    >>> by_achievement([[0.0, 1.0], [0.4, 0.5], [1.0, 0.0]], [1.0, 1.0])
    1
    >>> by_achievement([[0.0, 1.0], [0.4, 0.5], [1.0, 0.0]], [1.0, 1.0], aspiration=[0.9, -0.1])
    2
    """
    try:
        from pymoo.decomposition.asf import ASF
    except ModuleNotFoundError:
        raise needs_pymoo() from None
    points = _normalised(values)
    own = check_numbers("values", values)
    low, width = own.min(axis=0), _width(own)
    wanted = low if aspiration is None else check_numbers("aspiration", aspiration)
    if wanted.shape != (points.shape[1],) or not np.isfinite(wanted).all():
        raise InputError(f"aspiration is {aspiration!r}, but the values have {points.shape[1]} objectives: one each")
    shares = _weights(weights, points.shape[1])
    return int(np.argmin(ASF().do(points, shares, utopian_point=(wanted - low) / width)))


def _normalised(values: Values) -> Values:
    """Values with the ideal point at 0 and the nadir point at 1."""
    points = check_numbers("values", values)
    if points.ndim != 2 or len(points) < 2 or points.shape[1] < 2 or not np.isfinite(points).all():
        raise InputError(
            f"values have shape {points.shape}, but choosing needs finite ones of at least two points and objectives, "
            f"such as problem.pareto_front().values"
        )
    return np.asarray((points - points.min(axis=0)) / _width(points))


def _width(points: Values) -> Floats:
    width = points.max(axis=0) - points.min(axis=0)
    return np.where(width > 0, width, 1.0)


def _weights(weights: object, m: int) -> Floats:
    shares = check_numbers("weights", weights)
    if shares.shape != (m,) or not (shares >= 0).all() or not np.isfinite(shares).all() or shares.sum() <= 0:
        raise InputError(
            f"weights are {weights!r}, but must be {m} numbers from 0, one an objective, not all of them 0"
        )
    return shares


def needs_pymoo() -> InputError:
    """The error where pymoo is not installed."""
    return InputError(f"choosing on a front needs pymoo: {how_to_install('pymoo')}")
