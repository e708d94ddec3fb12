"""Writes what was found: a CSV with everything, and Markdown for people."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.validation.criteria import Verdict, verdicts
from hwbench_mo.validation.folds import CORNERS
from hwbench_mo.validation.skeleton import BEGIN, END, SKELETON
from hwbench_mo.validation.table import duels
from hwbench_mo.validation.units import OURS

if TYPE_CHECKING:
    import pandas as pd

SPLITS = {
    "folds": "Architectures kept from the fit, {folds} folds",
    "holdout": "Architectures kept from the fit, a random share of {holdout:g}",
    CORNERS: "Corners: fitted to the inner 90 %, tested on the outer tenth",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """All that a report needs."""

    table: "pd.DataFrame"
    """Of `score_table`."""
    split: str
    """``folds`` or ``holdout``: where the figures are to be reached."""
    labels: dict[str, str]
    """What people call each method."""
    facts: dict[str, float]
    """For titles: folds and holdout."""
    notes: list[str] = field(default_factory=list)
    pictures: list[tuple[str, Path]] = field(default_factory=list)
    """Caption and place, below the folder of the documents."""

    @property
    def verdicts(self) -> list[Verdict]:
        """The figures to reach."""
        return verdicts(self.table, self.split)


def write_report(findings: Findings, docs: Path) -> list[Path]:
    """``surrogates.csv`` and ``surrogates.md``; of the latter, what people wrote outside the markers is kept."""
    docs.mkdir(parents=True, exist_ok=True)
    csv, markdown = docs / "surrogates.csv", docs / "surrogates.md"
    text = markdown.read_text(encoding="utf-8") if markdown.exists() else SKELETON
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InputError(f"{markdown} must hold {BEGIN} and, below it, {END} once each")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    _replace(markdown, f"{before}{BEGIN}\n\n{as_markdown(findings)}\n{END}{after}")
    _replace(csv, findings.table.to_csv(index=False, float_format="%.4g"))
    return [csv, markdown]


def _replace(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)


def as_text(findings: Findings) -> str:
    """The figures to reach, for a terminal."""
    lines = [
        f"{'met   ' if one.met else 'MISSED'} {one.criterion}: {one.reached} of {one.of}, worst {one.worst}"
        for one in findings.verdicts
    ]
    return "\n".join(["Figures to reach, on architectures kept from every fit:", *lines])


def as_markdown(findings: Findings) -> str:
    """Everything between the markers."""
    parts = ["## Figures to reach", _verdict_table(findings.verdicts), *findings.notes]
    table = findings.table
    for split in dict.fromkeys(table["split"]):
        parts.append(f"## {SPLITS[split].format(**findings.facts)}")
        parts.append(_methods_table(findings, split))
        for space in dict.fromkeys(table.loc[table["split"] == split, "space"]):
            title = f"{space}, target by target"
            parts.append(
                f"<details><summary>{title}</summary>\n\n{_target_table(findings, space, split)}\n\n</details>"
            )
    if findings.pictures:
        parts.append("## Pictures")
    parts += [f"{caption}\n\n![{caption}]({path.as_posix()})" for caption, path in findings.pictures]
    return "\n\n".join(parts) + "\n"


def _verdict_table(found: Sequence[Verdict]) -> str:
    rows = [
        [one.criterion.replace("|", "\\|"), f"{one.reached} of {one.of}", one.worst, "met" if one.met else "**missed**"]
        for one in found
    ]
    return _grid(["criterion", "reached", "worst", ""], rows, left=1)


def _methods_table(findings: Findings, split: str) -> str:
    """A row a space and method; means over the targets that every method has answered."""
    rows = []
    table = findings.table[findings.table["split"] == split]
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
                    f"{theirs['coverage_90'].min():.2f}–{theirs['coverage_90'].max():.2f}",
                    f"{theirs['tau_within'].mean():.3f}",
                    _percent(theirs["relative_error"].mean(), 2),
                    _percent(theirs["negative"].max(), 1),
                ]
            )
    head = [
        *("space", "method", "targets", "CRPS ÷ ours", "mean calibration error", "90 % coverage"),
        *("mean τ within", "mean relative error", "1 % quantiles below 0, at most"),
    ]
    return _grid(head, rows, left=2)


def _target_table(findings: Findings, space: str, split: str) -> str:
    rows = []
    for duel in duels(findings.table, space, split):
        ours, peer, ranks = duel.ours, duel.peer, duel.ranks
        scale = ours["crps_relative"] / ours["crps"]
        against = ["–", "–", "–", "–"]
        if peer is not None and ranks is not None:
            against = [
                _percent(peer["crps"] * scale, 3),
                findings.labels[peer["method"]],
                f"{_percent(duel.gain, 1, sign=True)} ± {_percent(duel.gain_se, 1)}",
                f"{ranks['tau_within']:.3f}",
            ]
        rows.append(
            [
                duel.target,
                _percent(ours["crps_relative"], 3),
                *against[:3],
                f"{ours['tau_within']:.3f}",
                against[3],
                f"{ours['calibration']:.4f}",
                f"{ours['coverage_50']:.3f}",
                f"{ours['coverage_90']:.3f}",
                _percent(ours["width_90"] * scale, 2),
                _percent(ours["relative_error"], 2),
                f"{ours['r2']:.4f}",
                *([f"{ours['within_2_se']:.2f}"] if split == CORNERS and ours["within_2_se"] >= 0 else []),
            ]
        )
    head = [
        *("target", "CRPS", "best peer's", "which", "difference", "τ within", "best peer's", "calibration error"),
        *("50 %", "90 %", "90 % width", "relative error", "R²", "centre ± 2 se"),
    ]
    return _grid(head[: len(rows[0])], rows, left=1)


def _percent(value: float, digits: int, *, sign: bool = False) -> str:
    return f"{100 * value:{'+' if sign else ''}.{digits}f} %"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """A Markdown table; all but the first ``left`` columns are aligned to the right."""
    rule = ["---" if column < left else "--:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
