"""How well tables predict rows that they were not fitted to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.terminal import NONE, Grid
from hwbench_mo.typing import Codes, Floats, Ints


def score(space: SearchSpace, codes: Codes, predicted: Floats, measured: Floats) -> dict[str, Any]:
    """Of n held-out rows: their number, median and greatest relative error in percent, and Kendall's tau.

    Tau is taken over pairs of one (embed_dim, bias), of which all orders are hard; None where there is no such pair.
    Measurements are corrected for drift, as those of the fit are.
    """
    error = 100 * np.abs(predicted / measured - 1)
    tau = tau_within(space.groups(codes), predicted, measured)
    return {
        "rows": len(codes),
        "median_percent": round(float(np.median(error)), 3),
        "worst_percent": round(float(error.max()), 3),
        "tau": None if tau is None else round(tau, 3),
    }


def tau_within(groups: Ints, predicted: Floats, measured: Floats) -> float | None:
    """Kendall's tau (1938) over pairs within groups; ties count as neither.

    >>> tau_within(np.array([0, 0, 1, 1]), np.array([1.0, 2, 5, 3]), np.array([1.0, 3, 2, 1]))
    1.0
    """
    first, second = np.triu_indices(len(groups), 1)
    own = groups[first] == groups[second]
    first, second = first[own], second[own]
    if not len(first):
        return None
    agreement = np.sign(predicted[first] - predicted[second]) * np.sign(measured[first] - measured[second])
    return float(agreement.mean())


def table_of(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Grid:
    """A table for a terminal: targets, and what `score` says of each.

    >>> print(table_of([("latency@mine", {"rows": 9, "median_percent": 0.21, "worst_percent": 1.2, "tau": None})]))
    held out      rows  median error  worst  tau
    latency@mine     9        0.21 %  1.2 %    -
    """
    cells = [
        (
            name,
            str(found["rows"]),
            f"{found['median_percent']:.2f} %",
            f"{found['worst_percent']:.1f} %",
            NONE if found["tau"] is None else f"{found['tau']:.3f}",
        )
        for name, found in rows
    ]
    return Grid(headings=("held out", "rows", "median error", "worst", "tau"), rows=cells)
