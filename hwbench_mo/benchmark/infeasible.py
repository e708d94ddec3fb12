"""Limits that no architecture keeps: how far off the nearest one is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.limits import Limit, quantity
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
                misses.append(f"{name} {quantity(name, amount)}, off by {off} ({abs(amount / bound - 1):.2%})")
        sure = "" if confidence is None else f" with a confidence of {confidence:g}"
        error = InfeasibleError(
            f"infeasible: no architecture of {space!r} has {' and '.join(asked)}{sure}; "
            f"the nearest has {' and '.join(misses)}"
        )
        error.codes = codes
        error.amounts = dict(zip([name for name, _ in bounds], amounts.tolist(), strict=True))
        return error


def nearest_cell(cells: Cells, limits: Sequence[Limit], order: str | None) -> tuple[Codes, Floats]:
    """The architecture ``[1, d]`` whose greatest excess over a limit is least, and its amounts ``[limits]``.

    Limits are stretched by one share of each until some cells keep them: the nearest is among these.
    """
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
    best, nearest = np.inf, None
    for at, i, j in found:
        amounts = cells.within(at, limits).amounts(i, j)
        worst = np.max([limit.excess(amounts[:, k]) for k, limit in enumerate(limits)], axis=0)
        row = int(worst.argmin())
        if worst[row] < best:
            best, nearest = float(worst[row]), (cells.codes(at, i[[row]], j[[row]], order), amounts[row])
    if nearest is None:
        raise RuntimeError("a limit that is met by no architecture however far it is stretched")
    return nearest


def _cells_within(cells: Cells, limits: Sequence[Limit], stretch: float) -> list[tuple[int, Ints, Ints]]:
    """Blocks and their cells that keep the limits with so much more room."""
    stretched = [replace(limit, bound=limit.bound * max(0.0, 1 + limit.sign * stretch)) for limit in limits]
    found = []
    for at, block in enumerate(cells.blocks):
        within = cells.within(at, stretched)
        if within.is_empty:
            continue
        for rows in block.chunks():
            mask = within.mask(rows)
            i, j = np.nonzero(np.ones((rows.stop - rows.start, len(block.head))) if mask is None else mask)
            if len(i):
                found.append((at, i + rows.start, j))
    return found


def nearest_row(codes: Codes, amounts: Floats, excess: Floats) -> tuple[Codes, Floats]:
    """The same among measured rows: of codes ``[n, d]``, amounts and excess ``[n, limits]``."""
    row = int(excess.max(axis=1).argmin())
    return codes[[row]], amounts[row]
