"""Acceptance criteria of the surrogates, and which of them are met."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwbench_mo.targets import CLOSED_FORM, MEMORY, PER_DEVICE
from hwbench_mo.validation.table import TargetScores, scores_by_target

if TYPE_CHECKING:
    import pandas as pd

MOST_RMSE = {"gpt_s": 0.027, "gpt_m": 0.0095, "gpt_l": 0.0134}
LEAST_TAU = {"gpt_s": 0.97, "gpt_m": 0.97, "gpt_l": 0.93}
"""Of perplexity, in the spaces that were measured."""
MOST_MEMORY_ERROR = 0.002


@dataclass(frozen=True)
class Verdict:
    """Whether one acceptance criterion is met."""

    criterion: str
    reached: int
    """How many targets reach it."""
    of: int
    share: float
    """Of the targets that must reach it."""
    worst: str
    """The value that is furthest from it, with its space and target."""

    @property
    def met(self) -> bool:
        return self.reached >= self.share * self.of


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A limit that the scores of a share of the targets must keep."""

    text: str
    excess: Callable[[TargetScores], float]
    """How far beyond the limit: above 0 is missed."""
    shown: Callable[[TargetScores], str]
    """The score as people read it."""
    share: float = 1.0
    at_limit: bool = True
    """Whether a score at the limit keeps it."""

    def verdict(self, targets: Sequence[TargetScores]) -> Verdict:
        """Whether the targets meet it; of equally bad ones, the last is shown."""
        excesses = [self.excess(one) for one in targets]
        reached = sum(excess <= 0 if self.at_limit else excess < 0 for excess in excesses)
        worst = targets[max(range(len(targets)), key=lambda place: (excesses[place], place))]
        shown = f"{self.shown(worst)} ({worst.space} {worst.target})"
        return Verdict(self.text, reached, len(targets), self.share, shown)


LEAST_CRPS = Criterion(
    text="CRPS below the best baseline's, every target",
    excess=lambda one: one.gain,
    shown=lambda one: f"{one.gain:+.1%}",
    at_limit=False,
)
BEST_RANKING = Criterion(
    text="Kendall τ within (embed_dim, bias) not below the best baseline's, 95 % of targets",
    excess=lambda one: -one.rank_gain,
    shown=lambda one: f"{one.rank_gain:+.3f}",
    share=0.95,
)
COVERAGE = Criterion(
    text="90 % interval holds 0.88 to 0.92, every target",
    excess=lambda one: round(abs(one.ours["coverage_90"] - 0.9) - 0.02, 12),
    shown=lambda one: f"{one.ours['coverage_90']:.4f}",
)
MEMORY_ERROR = Criterion(
    text=f"memory: median relative error at most {100 * MOST_MEMORY_ERROR:g} %",
    excess=lambda one: one.ours["relative_error"] - MOST_MEMORY_ERROR,
    shown=lambda one: f"{one.ours['relative_error']:.2%}",
)


def calibration(limit: float, share: float, who: str) -> Criterion:
    """The distributions of ``who`` are calibrated up to the limit."""
    return Criterion(
        text=f"mean |coverage − level| under {limit}, {who}",
        excess=lambda one: one.ours["calibration"] - limit,
        shown=lambda one: f"{one.ours['calibration']:.4f}",
        share=share,
        at_limit=False,
    )


def perplexity(space: str) -> tuple[Criterion, Criterion]:
    """Perplexity of one space is close, and ranks well."""
    most, least = MOST_RMSE[space], LEAST_TAU[space]
    return (
        Criterion(
            text=f"perplexity of {space}: RMSE at most {most}",
            excess=lambda one: one.ours["rmse"] - most,
            shown=lambda one: f"{one.ours['rmse']:.4f}",
        ),
        Criterion(
            text=f"perplexity of {space}: Kendall τ within embed_dim over {least}",
            excess=lambda one: least - one.ours["tau_within"],
            shown=lambda one: f"{one.ours['tau_within']:.4f}",
            at_limit=False,
        ),
    )


def verdicts(table: "pd.DataFrame", split: str) -> list[Verdict]:
    """A verdict for each criterion that applies to the table: without baselines, none that compares."""
    judged = (criterion.verdict(targets) for criterion, targets in _applied(table, split) if targets)
    return [*judged, _exact(table, split)]


def _applied(table: "pd.DataFrame", split: str) -> Iterator[tuple[Criterion, list[TargetScores]]]:
    spaces = _spaces(table, split)
    every = [one for space in spaces for one in scores_by_target(table, space, split)]
    hardware = [one for one in every if one.target.partition("@")[0] in PER_DEVICE]
    compared = [one for one in hardware if one.best is not None]
    yield LEAST_CRPS, compared
    yield calibration(0.01, 0.95, "95 % of targets"), hardware
    yield calibration(0.02, 1.0, "every target"), hardware
    yield COVERAGE, hardware
    yield BEST_RANKING, compared
    for space in spaces:
        if space in MOST_RMSE:
            for criterion in perplexity(space):
                yield criterion, [one for one in every if (one.space, one.target) == (space, "perplexity")]
    yield MEMORY_ERROR, [one for one in every if one.target in MEMORY]


def _exact(table: "pd.DataFrame", split: str) -> Verdict:
    """Of the closed forms: measurements that these do not give to the last digit are refused when they are read."""
    n = len(CLOSED_FORM) * len(_spaces(table, split))
    return Verdict(f"{', '.join(CLOSED_FORM)}: exact on every row", n, n, 1.0, "0")


def _spaces(table: "pd.DataFrame", split: str) -> list[str]:
    return list(dict.fromkeys(table.loc[table["split"] == split, "space"]))
