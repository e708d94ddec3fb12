"""From outcomes to a table: one row a space, split, target and method."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Ints
from hwbench_mo.validation.scores import Outcome, standard_error, summarise
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, order=True)
class Place:
    """What was predicted, by whom, in which split; outcomes of its folds are pooled."""

    space: str
    split: str
    target: str
    method: str


def score_table(outcomes: Mapping[Place, Outcome], measured: Mapping[str, Measurements]) -> "pd.DataFrame":
    """Every score of `summarise`, and how the surrogates' CRPS compares, architecture by architecture.

    ``crps_difference`` is the mean of the surrogates' CRPS minus the method's: negative where they are better.
    """
    import pandas as pd

    rows = []
    for place, outcome in outcomes.items():
        here = measured[place.space]
        centre = here.centre(place.target)[outcome.rows]
        row: dict[str, str | float] = {
            "space": place.space,
            "split": place.split,
            "target": place.target,
            "method": place.method,
            **summarise(outcome, centre, ranking_groups(here, place.target)[outcome.rows]),
        }
        ours = outcomes.get(Place(place.space, place.split, place.target, OURS))
        if ours is not None and place.method != OURS:
            difference = ours.crps - outcome.crps
            row |= {"crps_difference": difference.mean(), "crps_difference_se": standard_error(difference)}
        else:
            row |= {"crps_difference": np.nan, "crps_difference_se": np.nan}
        rows.append(row)
    return pd.DataFrame(rows)


def ranking_groups(measured: Measurements, target: str) -> Ints:
    """``[n]``; hardware is ranked within (embed_dim, bias), quality, which has fewer measurements, within embed_dim."""
    if target in QUALITY:
        width: Ints = measured.codes[:, EMBED_DIM]
        return width
    return measured.space.groups(measured.codes)


@dataclass(frozen=True)
class Duel:
    """The surrogates of one target against the peer with the least CRPS, and the peer that ranks best."""

    target: str
    ours: "pd.Series"
    peer: "pd.Series | None"
    """None where no peer was asked."""
    ranks: "pd.Series | None"

    @property
    def gain(self) -> float:
        """The surrogates' CRPS relative to the peer's, less 1."""
        return float("nan") if self.peer is None else float(self.ours["crps"] / self.peer["crps"] - 1)

    @property
    def gain_se(self) -> float:
        """Its standard error, from differences architecture by architecture."""
        return float("nan") if self.peer is None else float(self.peer["crps_difference_se"] / self.peer["crps"])

    @property
    def rank_gain(self) -> float:
        """The surrogates' tau within groups minus the best peer's."""
        return float("nan") if self.ranks is None else float(self.ours["tau_within"] - self.ranks["tau_within"])


def duels(table: "pd.DataFrame", space: str, split: str) -> Iterable[Duel]:
    """One a target, in the table's order."""
    rows = table[(table["space"] == space) & (table["split"] == split)]
    for target, group in rows.groupby("target", sort=False):
        others = group[group["method"] != OURS]
        ours = group[group["method"] == OURS].iloc[0]
        if others.empty:
            yield Duel(str(target), ours, None, None)
        else:
            best = others.iloc[int(np.argmin(others["crps"]))]
            ranks = others.iloc[int(np.argmax(others["tau_within"].fillna(-np.inf)))]
            yield Duel(str(target), ours, best, ranks)
