"""The figures to reach, and whether they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwbench_mo.targets import CLOSED_FORM, MEMORY, PER_DEVICE
from hwbench_mo.validation.table import Duel, duels

if TYPE_CHECKING:
    import pandas as pd

MOST_RMSE = {"gpt_s": 0.05, "gpt_m": 0.015, "gpt_l": 0.03}
LEAST_TAU = {"gpt_s": 0.95, "gpt_m": 0.95, "gpt_l": 0.93}
"""Of perplexity, in the spaces that were measured."""
MOST_MEMORY_ERROR = 0.002


@dataclass(frozen=True)
class Verdict:
    """One figure to reach."""

    criterion: str
    reached: int
    of: int
    share: float
    """Of the targets that must reach it."""
    worst: str
    """The target that is furthest from it, with its value."""

    @property
    def met(self) -> bool:
        return self.reached >= self.share * self.of


def verdicts(table: "pd.DataFrame", split: str) -> list[Verdict]:
    """Every figure that can be judged from the table: without peers, none that compares."""
    found = []
    spaces = list(dict.fromkeys(table.loc[table["split"] == split, "space"]))
    here = {space: list(duels(table, space, split)) for space in spaces}
    hardware = [(s, duel) for s in spaces for duel in here[s] if duel.target.partition("@")[0] in PER_DEVICE]
    compared = [(space, duel) for space, duel in hardware if duel.peer is not None]

    def judge(
        criterion: str,
        rows: Sequence[tuple[str, Duel]],
        value: Callable[[Duel], float],
        most: float,
        *,
        share: float = 1.0,
        shown: str = "{:.4f}",
        strict: bool = True,
        shown_value: Callable[[Duel], float] | None = None,
    ) -> None:
        if not rows:
            return
        values = [value(duel) for _, duel in rows]
        reached = sum(one < most if strict else one <= most for one in values)
        space, duel = max(zip(values, range(len(rows)), strict=True))[1], rows
        name, worst = duel[space]
        text = shown.format((shown_value or value)(worst))
        found.append(Verdict(criterion, reached, len(rows), share, f"{text} ({name} {worst.target})"))

    judge("CRPS below the best peer's, every target", compared, lambda d: d.gain, 0, shown="{:+.1%}")
    for most, share, who in ((0.01, 0.95, "95 % of targets"), (0.02, 1.0, "every target")):
        judge(
            f"mean |coverage − level| under {most}, {who}",
            hardware,
            lambda d: d.ours["calibration"],
            most,
            share=share,
        )
    judge(
        "90 % interval holds 0.88 to 0.92, every target",
        hardware,
        lambda d: round(abs(d.ours["coverage_90"] - 0.9), 12),
        0.02,
        strict=False,
        shown_value=lambda d: d.ours["coverage_90"],
    )
    judge(
        "Kendall τ within (embed_dim, bias) not below the best peer's, 95 % of targets",
        compared,
        lambda d: -d.rank_gain,
        0,
        share=0.95,
        strict=False,
        shown="{:+.3f}",
        shown_value=lambda d: d.rank_gain,
    )
    for space in spaces:
        perplexity = [(space, duel) for duel in here[space] if duel.target == "perplexity" and space in MOST_RMSE]
        if perplexity:
            most, least = MOST_RMSE[space], LEAST_TAU[space]
            judge(
                f"perplexity of {space}: RMSE at most {most}", perplexity, lambda d: d.ours["rmse"], most, strict=False
            )
            judge(
                f"perplexity of {space}: Kendall τ within embed_dim over {least}",
                perplexity,
                lambda d: -d.ours["tau_within"],
                -least,
                shown_value=lambda d: d.ours["tau_within"],
            )
    judge(
        "memory: median relative error at most 0.2 %",
        [(s, duel) for s in spaces for duel in here[s] if duel.target in MEMORY],
        lambda d: d.ours["relative_error"],
        MOST_MEMORY_ERROR,
        strict=False,
        shown="{:.2%}",
    )
    # Reading refuses measurements that the closed forms do not give to the last digit.
    n_exact = len(CLOSED_FORM) * len(spaces)
    found.append(Verdict(f"{', '.join(CLOSED_FORM)}: exact on every row", n_exact, n_exact, 1.0, "0"))
    return found
