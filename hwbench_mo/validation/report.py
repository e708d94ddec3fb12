"""Writes the findings: a CSV with every score, a page of all tables, and an overview in the page that explains them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.files import with_generated, write_whole
from hwbench_mo.validation.calibration import calibration_is_off
from hwbench_mo.validation.calibration_table import LEGEND, calibration_cells, calibration_table
from hwbench_mo.validation.criteria import Verdict, verdicts
from hwbench_mo.validation.folds import CORNERS
from hwbench_mo.validation.grid import grid, percent
from hwbench_mo.validation.overview import overview
from hwbench_mo.validation.table import scores_by_target
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd

MARKER = "validation"
"""The generated part of the page stands between ``<!-- begin MARKER -->`` and ``<!-- end MARKER -->``."""
SCORES, EXPLAINED = "surrogate_scores", "surrogates"
"""Names of the files with all scores, and of the page with an overview."""
NEW_PAGES = {
    SCORES: f"""# Scores of the surrogates

`docs/{SCORES}.md` of hwbench_mo explains these scores and baselines.

<!-- begin {MARKER} -->
<!-- end {MARKER} -->
""",
    EXPLAINED: f"""# Surrogates

Medians over the targets of a row; in brackets, in the corners. `docs/{EXPLAINED}.md` of hwbench_mo explains them, and
all scores are in [{SCORES}.md]({SCORES}.md).

<!-- begin {MARKER} -->
<!-- end {MARKER} -->
""",
}
SPLITS = {
    "folds": "Architectures held out from the fit, {folds} folds",
    "holdout": "Architectures held out from the fit, a random share of {holdout:g}",
    CORNERS: "Corners: fitted to the inner 90 %, tested on the outer tenth",
}


class Picture(NamedTuple):
    """A picture of the report."""

    caption: str
    path: Path
    """Below the folder of the documents."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """All that a report says."""

    table: "pd.DataFrame"
    """Of `score_table`."""
    split: str
    """``folds`` or ``holdout``: the split that the acceptance criteria are about."""
    labels: dict[str, str]
    """What people call each method."""
    facts: dict[str, float]
    """For titles: folds and holdout."""
    notes: list[str] = field(default_factory=list)

    @property
    def has_sampling_error(self) -> bool:
        """Not of a table that was written before sampling errors were estimated."""
        return "calibration_limit" in self.table

    @property
    def verdicts(self) -> list[Verdict]:
        """One for each acceptance criterion."""
        return verdicts(self.table, self.split)


def write_report(findings: Findings, docs: Path, pictures: Sequence[Picture] = ()) -> list[Path]:
    """``surrogate_scores.csv``, ``surrogate_scores.md`` and ``surrogates.md``, whose other parts are kept.

    Raises
    ------
    InputError
        If there is a page without a place for the generated part; nothing is written.
    """
    content = {SCORES: as_markdown(findings, pictures), EXPLAINED: f"{overview(findings.table, findings.split)}\n"}
    pages = {}
    for name, generated in content.items():
        path = docs / f"{name}.md"
        page = path.read_text(encoding="utf-8") if path.exists() else NEW_PAGES[name]
        try:
            pages[path] = with_generated(page, MARKER, f"\n{generated}")
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    csv = docs / f"{SCORES}.csv"
    write_whole(csv, findings.table.to_csv(index=False, float_format="%.4g"))
    for path, page in pages.items():
        write_whole(path, page)
    return [csv, *pages]


def as_text(findings: Findings) -> str:
    """The verdicts, for a terminal."""
    lines = [
        f"{'met   ' if one.met else 'MISSED'} {one.criterion}: {one.reached} of {one.of}, worst {one.worst}"
        for one in findings.verdicts
    ]
    return "\n".join(["Acceptance criteria, on architectures held out from every fit:", *lines])


def as_markdown(findings: Findings, pictures: Sequence[Picture] = ()) -> str:
    """The generated part of the page."""
    parts = ["## Acceptance criteria", _verdict_table(findings.verdicts), *findings.notes]
    table = findings.table
    for split in dict.fromkeys(table["split"]):
        parts.append(f"## {SPLITS[split].format(**findings.facts)}")
        parts.append(_methods_table(findings, split))
        if findings.has_sampling_error:
            parts.append(LEGEND)
        for space in dict.fromkeys(table.loc[table["split"] == split, "space"]):
            title = f"{space}, target by target"
            parts.append(
                f"<details><summary>{title}</summary>\n\n{_target_table(findings, space, split)}\n\n</details>"
            )
            if findings.has_sampling_error:
                calibration = calibration_table(table, space, split)
                parts.append(f"<details><summary>{space}, calibration</summary>\n\n{calibration}\n\n</details>")
    if pictures:
        parts.append("## Pictures")
    parts += [f"{caption}\n\n![{caption}]({path.as_posix()})" for caption, path in pictures]
    return "\n\n".join(parts) + "\n"


def _verdict_table(found: Sequence[Verdict]) -> str:
    rows = [
        [one.criterion.replace("|", "\\|"), f"{one.reached} of {one.of}", one.worst, "met" if one.met else "**missed**"]
        for one in found
    ]
    return grid(["criterion", "reached", "worst", ""], rows, left=1)


def _methods_table(findings: Findings, split: str) -> str:
    """One row a space and method; its means are over the targets that the method has results of."""
    rows = []
    table = findings.table[findings.table["split"] == split]
    shows_off = findings.has_sampling_error
    for space, here in table.groupby("space", sort=False):
        for method, own in here.groupby("method", sort=False):
            ours = here[here["method"] == OURS].set_index("target").loc[own["target"]]
            theirs = own.set_index("target")
            rows.append(
                [
                    str(space),
                    findings.labels[str(method)],
                    str(len(own)),
                    f"{np.exp(np.log(theirs['crps'] / ours['crps']).mean()):.3f}",
                    f"{theirs['calibration'].mean():.4f}",
                    *([_off_of(own)] if shows_off else []),
                    f"{theirs['coverage_90'].min():.2f}–{theirs['coverage_90'].max():.2f}",
                    f"{theirs['tau_within'].mean():.3f}",
                    percent(theirs["relative_error"].mean(), 2),
                    percent(theirs["negative"].max(), 1),
                ]
            )
    head = [
        *("space", "method", "targets", "CRPS ÷ ours", "mean calibration error"),
        *(["targets off by more than chance"] if shows_off else []),
        "90 % coverage",
        *("mean τ within", "mean relative error", "1 % quantiles below 0, at most"),
    ]
    return grid(head, rows, left=2)


def _off_of(scores: "pd.DataFrame") -> str:
    """How many of the targets whose sampling error is known are off."""
    known = scores[scores["calibration_limit"].notna()].to_dict("records")
    return f"{sum(map(calibration_is_off, known))} of {len(known)}"


def _target_table(findings: Findings, space: str, split: str) -> str:
    rows = []
    for scores in scores_by_target(findings.table, space, split):
        ours, best, best_ranking = scores.ours, scores.best, scores.best_ranking
        scale = ours["crps_relative"] / ours["crps"]
        against = ["–", "–", "–", "–"]
        if best is not None and best_ranking is not None:
            against = [
                percent(best["crps"] * scale, 3),
                findings.labels[best["method"]],
                f"{percent(scores.gain, 1, sign=True)} ± {percent(scores.gain_se, 1)}",
                f"{best_ranking['tau_within']:.3f}",
            ]
        rows.append(
            [
                scores.target,
                percent(ours["crps_relative"], 3),
                *against[:3],
                f"{ours['tau_within']:.3f}",
                against[3],
                *calibration_cells(ours),
                percent(ours["width_90"] * scale, 2),
                percent(ours["relative_error"], 2),
                f"{ours['r2']:.4f}",
                *([f"{ours['within_2_se']:.2f}"] if split == CORNERS and ours["within_2_se"] >= 0 else []),
            ]
        )
    head = [
        *("target", "CRPS", "best baseline's", "which", "difference", "τ within", "best baseline's"),
        *("calibration error", "50 %", "90 %", "90 % width", "relative error", "R²", "centre ± 2 se"),
    ]
    return grid(head[: len(rows[0])], rows, left=1)
