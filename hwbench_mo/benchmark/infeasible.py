"""Limits that no architecture keeps: how far off the nearest one is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.limits import Limit, quantity
from hwbench_mo.benchmark.ordered import ordered_codes
from hwbench_mo.benchmark.view import View
from hwbench_mo.errors import InputError
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes, Floats, Ints

HALVINGS = 30
"""Of how far limits are stretched, at most."""
FEW = 4096
"""Cells within the stretched limits that are looked at one by one."""


class InfeasibleError(InputError):
    """No architecture keeps all limits."""

    codes: Codes
    """``[1, d]``; the nearest: its greatest excess over a limit, as a share of the limit, is least."""
    amounts: dict[str, float]
    """By target, what is limited, of that architecture: its median, or with a confidence its quantile."""

    @staticmethod
    def of(
        space: str, bounds: Sequence[tuple[str, float]], confidence: float | None, codes: Codes, amounts: Floats
    ) -> "InfeasibleError":
        """The error, with the nearest architecture ``[1, d]`` and its amounts, in the order of ``bounds``."""
        asked, misses = [], []
        for (name, bound), amount in zip(bounds, amounts.tolist(), strict=True):
            sign = Target.parse(name).sign
            asked.append(f"{name} of {'at most' if sign > 0 else 'at least'} {quantity(name, bound)}")
            if sign * amount > sign * bound:
                off = quantity(name, abs(amount - bound))
                misses.append(f"{name} {quantity(name, amount)}, off by {off} ({100 * abs(amount / bound - 1):.2f} %)")
        sure = "" if confidence is None else f" with a confidence of {confidence:g}"
        error = InfeasibleError(
            f"infeasible: no architecture of {space!r} has {' and '.join(asked)}{sure}; "
            f"the nearest has {' and '.join(misses)}"
        )
        error.codes = codes
        error.amounts = dict(zip([name for name, _ in bounds], amounts.tolist(), strict=True))
        return error

    @staticmethod
    def unsupported(space: str, least: float, most: float, codes: Codes) -> "InfeasibleError":
        """The error where limits are kept, but not with the support that is wanted."""
        error = InfeasibleError(
            f"infeasible: no architecture of {space!r} that keeps the limits has a support of {least:g}; the greatest "
            f"is {most:.3g}: ask for less, or loosen the limits"
        )
        error.codes, error.amounts = codes, {}
        return error


def nearest_cell(cells: Cells, limits: Sequence[Limit]) -> tuple[Codes, Floats]:
    """The architecture ``[1, d]`` whose greatest excess over a limit is least, and its amounts ``[limits]``.

    Limits are stretched by one share of each until some cells keep them: the nearest is among these.
    """
    if len(cells.by_order([limit.target for limit in limits])) > 1:
        return _nearest_ordered(cells, limits)
    low, high = 0.0, 0.01
    while not (found := _cells_within(cells, limits, high)):
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        if sum(len(i) for _, i, _ in found) <= FEW:
            break
        middle = (low + high) / 2
        if fewer := _cells_within(cells, limits, middle):
            high, found = middle, fewer
        else:
            low = middle
    order = cells.order_target([limit.target for limit in limits])
    best, nearest = np.inf, None
    for at, i, j in found:
        amounts = View(cells, at, [], limits).amounts(i, j)
        worst = np.max([limit.excess(amounts[:, k]) for k, limit in enumerate(limits)], axis=0)
        row = int(worst.argmin())
        if worst[row] < best:
            best, nearest = float(worst[row]), (cells.codes(at, i[[row]], j[[row]], order), amounts[row])
    if nearest is None:
        raise RuntimeError("a limit that is met by no architecture however far it is stretched")
    return nearest


def _cells_within(cells: Cells, limits: Sequence[Limit], stretch: float) -> list[tuple[int, Ints, Ints]]:
    """Blocks and their cells that keep the limits with so much more room."""
    stretched = _stretched(limits, stretch)
    found: list[tuple[int, Ints, Ints]] = []
    for at in range(len(cells.blocks)):
        found += [(at, *points.cells()) for points in View(cells, at, [], stretched).points() if len(points.sums)]
    return found


def _stretched(limits: Sequence[Limit], stretch: float) -> list[Limit]:
    # What was measured is not below 0; a metric of one's own, which has no noise, can be.
    least = [0.0 if limit.noise is not None else -np.inf for limit in limits]
    return [
        replace(limit, bound=limit.bound * max(floor, 1 + limit.sign * stretch))
        for limit, floor in zip(limits, least, strict=True)
    ]


def _nearest_ordered(cells: Cells, limits: Sequence[Limit]) -> tuple[Codes, Floats]:
    """Where several limits are on metrics that depend on the order of layers: halvings alone, to a ten-thousandth."""
    low, high, found = 0.0, 0.01, _any_within(cells, limits, 0.01)
    while not len(found):
        low, high = high, 2 * high
        found = _any_within(cells, limits, high)
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        if len(fewer := _any_within(cells, limits, middle)):
            high, found = middle, fewer
        else:
            low = middle
    benchmark, amounts = cells.benchmark, []
    for limit in limits:
        prediction = benchmark.predict(found[:1], limit.target)
        medians = prediction.median + limit.sign * limit.z * (prediction.standard_error if limit.z else 0.0)
        amounts.append(limit.of_medians(medians, prediction.groups)[0])
    return found[:1], np.array(amounts)


def _any_within(cells: Cells, limits: Sequence[Limit], stretch: float) -> Codes:
    """An architecture, or none, that keeps the limits with so much more room."""
    first = cells.by_order([limit.target for limit in limits])[0]
    stretched, none = _stretched(limits, stretch), np.zeros((0, cells.space.n_genes), dtype=np.int64)
    found = (ordered_codes(cells, [first], stretched, [at]) for at in range(len(cells.blocks)))
    return next((codes for codes in found if len(codes)), none)


def nearest_row(codes: Codes, amounts: Floats, excess: Floats) -> tuple[Codes, Floats]:
    """The same among measured rows: of codes ``[n, d]``, amounts and excess ``[n, limits]``."""
    row = int(excess.max(axis=1).argmin())
    return codes[[row]], amounts[row]
