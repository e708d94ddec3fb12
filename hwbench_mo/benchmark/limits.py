"""Limits on metrics: which noise-free values, or which quantiles of a measurement, stay within them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from numbers import Real
from statistics import NormalDist

import numpy as np

from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.quantiles import QuantileTable
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import QUALITY, UNITS, Target
from hwbench_mo.typing import Bools, Floats, Ints, read_only

MARGIN = 1e-9
"""Relative; sums so near to where a limit is crossed are evaluated one by one."""


def check_limits(limits: object) -> dict[str, float]:
    """Limits by the name of their target, if they are numbers.

    >>> check_limits({"latency@a100": 40})
    {'latency@a100': 40.0}
    """
    if not isinstance(limits, Mapping):
        raise InputTypeError(f"limits are {limits!r}, but must map names to numbers, such as {{'latency@a100': 40.0}}")
    found: dict[str, float] = {}
    for name, value in limits.items():
        target = Target.parse(name).name
        if isinstance(value, bool) or not isinstance(value, Real):
            raise InputTypeError(f"limit of {target} is {value!r}, but must be a number{_in_unit(target)}")
        if not np.isfinite(float(value)) or float(value) <= 0:
            raise InputError(f"limit of {target} is {value}, but must be a positive number{_in_unit(target)}")
        found[target] = float(value)
    return found


def check_confidence(confidence: object) -> None:
    """Raise `InputError` unless it is None or a probability that quantiles are stored for."""
    if confidence is None:
        return
    if isinstance(confidence, bool) or not isinstance(confidence, Real):
        raise InputTypeError(f"confidence is {confidence!r}, but must be a probability, such as 0.95, or None")
    if not 0.5 <= float(confidence) <= 0.999:
        raise InputError(f"confidence is {confidence}, but must be from 0.5 to 0.999, or None for noise-free values")


def quantity(target: str, value: float) -> str:
    """A value in words, with its unit; also of what is made of one metric on several devices.

    >>> quantity("latency@a100", 12.3456), quantity("max(energy@a100,energy@v100)", 0.00061)
    ('12.35 ms', '0.61 mWh')
    """
    units = {**UNITS, **{name: declared.unit or "" for name, declared in DECLARED.items()}}
    unit = next((unit for metric, unit in units.items() if re.search(rf"\b{metric}\b", target)), "")
    if unit == "Wh":
        value, unit = 1000 * value, "mWh"
    if abs(value) >= 1e4:
        return f"{value:,.0f} {unit}".rstrip()
    return f"{value:.{5 if target in QUALITY else 4}g} {unit}".rstrip()


def _in_unit(target: str) -> str:
    unit = Target.parse(target).unit
    return f" of {unit}" if unit else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Limit:
    """One limit: at most ``bound``, or for a maximised metric at least.

    Without ``confidence`` the median of a measurement is limited. With it, a measurement stays within the limit with
    that probability: its quantile is limited, and taken at the upper end of what the median may be,
    ``median + z * standard error`` with the same probability, so that a table that is not well known counts against an
    architecture. For a maximised metric, the other way round.

    Parameters
    ----------
    error
        None: the standard error of the median is not counted. So it is for metrics that depend on the order of
        layers, whose error does, too.
    """

    target: str
    bound: float
    model: AdditiveModel
    confidence: float | None = None
    noise: QuantileTable | None = None
    error: TableError | None = None

    @cached_property
    def sign(self) -> float:
        """What the metric is multiplied with to be minimised."""
        return Target.parse(self.target).sign

    @cached_property
    def level(self) -> Floats:
        """``[1]``; of the quantile that is limited."""
        share = 0.5 if self.confidence is None else self.confidence
        return np.array([share if self.sign > 0 else 1 - share])

    @cached_property
    def z(self) -> float:
        """How many standard errors of the median count against an architecture."""
        if self.confidence is None or self.error is None:
            return 0.0
        return NormalDist().inv_cdf(self.confidence)

    def amount(self, sums: Floats, errors: Floats | float, e: int, b: int) -> Floats:
        """``[n]``; what is limited, in the target's unit: of model sums, and standard errors of the sums."""
        rows = np.full(len(sums), e), np.full(len(sums), b)
        medians = self.model.value(sums, *rows)
        if self.z:
            medians = medians + self.sign * self.z * self.model.slope(sums, *rows) * errors
        return self.of_medians(medians, rows[0] * self.model.base.shape[1] + b)

    def of_medians(self, medians: Floats, groups: Ints) -> Floats:
        """``[n]``; what is limited, of medians that standard errors were added to."""
        if self.confidence is None or self.noise is None:
            return medians
        return self.noise.quantile(groups, medians, self.level)[:, 0]

    def excess(self, amounts: Floats) -> Floats:
        """``[n]``; by what share of the limit an amount is beyond it; not above 0 where the limit is kept."""
        return np.asarray(self.sign * (amounts / self.bound - 1))

    def holds(self, sums: Floats, errors: Floats | float, e: int, b: int) -> Bools:
        """``[n]``; exact."""
        return np.asarray(self.sign * self.amount(sums, errors, e, b) <= self.sign * self.bound)

    def thresholds(self, e: int, b: int, most_error: float) -> tuple[float, float]:
        """Of minimised sums: up to the first the limit holds for sure, beyond the second for sure it does not.

        ``most_error`` is the greatest standard error of a sum. Between the two each sum is to be asked for: a quantile
        need not grow with its median.
        """
        low, high = self._crossings(e * self.model.base.shape[1] + b)
        slack = self.z * most_error * self._most_slope(e, b)
        if self.sign > 0:
            return sum_of(self.model, low - slack, e, b, -MARGIN), sum_of(self.model, high, e, b, MARGIN)
        return -sum_of(self.model, high + slack, e, b, MARGIN), -sum_of(self.model, low, e, b, -MARGIN)

    def check_exact(self) -> None:
        """Raise `InputError` if a cell could keep the limit with another architecture than that of its least sum."""
        if not self.model.by_order or self.confidence is None or self.noise is None:
            return
        knots, ratios = self.noise.knots, ratios_at(self.noise, float(self.level[0]))
        bends = np.diff(ratios, axis=1) / np.diff(knots, axis=1)
        slopes = np.stack([ratios[:, :-1] + knots[:, :-1] * bends, ratios[:, 1:] + knots[:, 1:] * bends])
        if slopes.min(initial=1.0) < 0:
            raise InputError(
                f"{self.target} depends on the order of layers, and its quantile at {self.confidence:g} does not grow "
                f"with its median everywhere: no exact answer; limit the median, with confidence=None"
            )

    def _crossings(self, group: int) -> tuple[float, float]:
        """The least and the greatest median at which the limited quantile is the bound."""
        if self.confidence is None or self.noise is None:
            return self.bound, self.bound
        ratios = ratios_at(self.noise, float(self.level[0]))[group].tolist()
        knots = self.noise.knots[group].tolist()
        if len(ratios) == 1:
            return self.bound / ratios[0], self.bound / ratios[0]
        found = [self.bound / ratios[0]] if self.bound / ratios[0] <= knots[0] else []
        found += [self.bound / ratios[-1]] if self.bound / ratios[-1] >= knots[-1] else []
        for left in range(len(knots) - 1):
            bend = (ratios[left + 1] - ratios[left]) / (knots[left + 1] - knots[left])
            width = MARGIN * knots[left + 1]
            roots = _roots(bend, ratios[left] - bend * knots[left], -self.bound)
            found += [root for root in roots if knots[left] - width <= root <= knots[left + 1] + width]
        return min(found), max(found)

    def _most_slope(self, e: int, b: int) -> float:
        """The greatest slope of the values along the sums."""
        curve = self.model.curve
        if curve is None:
            return 1.0  # the error of a table of logarithms depends on the order of layers, and is not counted
        knots, images = curve.knots[e, b], curve.images[e, b]
        ends = [images[0] / knots[0], images[-1] / knots[-1]]
        return float(max(*ends, *(np.diff(images) / np.diff(knots))))


@lru_cache(maxsize=256)
def ratios_at(noise: QuantileTable, level: float) -> Floats:
    """``[g, j]``; quantile over median at one level, at each knot."""
    rows = noise.ratios.reshape(-1, len(noise.levels))
    return read_only(np.array([np.interp(level, noise.levels, row) for row in rows]).reshape(noise.knots.shape))


def _roots(square: float, linear: float, constant: float) -> list[float]:
    """The real roots of a quadratic; where it nearly touches 0, also the place of its extremum."""
    if square == 0:
        return [-constant / linear] if linear != 0 else []
    discriminant = linear * linear - 4 * square * constant
    if discriminant < -MARGIN * linear * linear:
        return []
    # The sum of two numbers of one sign: no digits are lost.
    sum_ = -(linear + math.copysign(math.sqrt(max(discriminant, 0.0)), linear)) / 2
    return [sum_ / square, constant / sum_] if sum_ != 0 else [0.0]


def sum_of(model: AdditiveModel, value: float, e: int, b: int, margin: float = 0.0) -> float:
    """The sum whose value that is, moved by a share of itself: below it all values are less, above it greater."""
    curve = model.curve
    if model.link == "exp":
        found = float(np.log(value)) if value > 0 else -np.inf
    elif curve is None:
        found = value
    else:
        knots, images = curve.knots[e, b], curve.images[e, b]
        if value < images[0]:
            found = float(value * knots[0] / images[0])
        elif value > images[-1]:
            found = float(value * knots[-1] / images[-1])
        else:
            found = float(np.interp(value, images, knots))
    return found + margin * (abs(found) + (model.link == "exp")) if np.isfinite(found) else found
