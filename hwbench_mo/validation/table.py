"""From outcomes to a table: one row a space, split, target and method."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM
from hwbench_mo.targets import QUALITY
from hwbench_mo.typing import Ints
from hwbench_mo.validation.calibration import sampling_error
from hwbench_mo.validation.scores import Outcome, standard_error, summarise
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, order=True)
class Place:
    """What was predicted, by which method, in which split. Outcomes of the folds of a split are pooled."""

    space: str
    split: str
    target: str
    method: str


def score_table(outcomes: Mapping[Place, Outcome], measured: Mapping[str, Measurements]) -> "pd.DataFrame":
    """Every score of `summarise` and `sampling_error`, and how the surrogates' CRPS compares with a baseline's.

    ``crps_difference`` is the mean over architectures of the surrogates' CRPS minus the baseline's: negative where the
    surrogates are better.
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
            **sampling_error(outcome),
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
class TargetScores:
    """Scores of one target in one space and split: the surrogates' and the best baselines'."""

    space: str
    target: str
    ours: "pd.Series"
    best: "pd.Series | None"
    """Of the baseline with the least CRPS; None where there is no baseline."""
    best_ranking: "pd.Series | None"
    """Of the baseline with the greatest Kendall's tau within groups."""

    @property
    def gain(self) -> float:
        """The surrogates' CRPS relative to the best baseline's, less 1: negative where the surrogates are better."""
        return float("nan") if self.best is None else float(self.ours["crps"] / self.best["crps"] - 1)

    @property
    def gain_se(self) -> float:
        """Standard error of `gain`, from differences architecture by architecture."""
        return float("nan") if self.best is None else float(self.best["crps_difference_se"] / self.best["crps"])

    @property
    def rank_gain(self) -> float:
        """The surrogates' tau within groups minus that of the baseline that ranks best."""
        if self.best_ranking is None:
            return float("nan")
        return float(self.ours["tau_within"] - self.best_ranking["tau_within"])


def scores_by_target(table: "pd.DataFrame", space: str, split: str) -> Iterator[TargetScores]:
    """The scores of each target, in the order of the table."""
    rows = table[(table["space"] == space) & (table["split"] == split)]
    for target, group in rows.groupby("target", sort=False):
        ours = group[group["method"] == OURS].iloc[0]
        others = group[group["method"] != OURS]
        best = best_ranking = None
        if not others.empty:
            best = others.iloc[int(np.argmin(others["crps"]))]
            best_ranking = others.iloc[int(np.argmax(others["tau_within"].fillna(-np.inf)))]
        yield TargetScores(space, str(target), ours, best, best_ranking)
