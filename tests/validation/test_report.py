"""The pages in docs/ are what the code writes from the table beside it, and a new page points to them."""

import re
from pathlib import Path

import pandas as pd
import pytest

from hwbench_mo.validation.baselines import all_baselines
from hwbench_mo.validation.overview import overview
from hwbench_mo.validation.report import EXPLAINED, MARKER, SCORES, Findings, Picture, as_markdown, write_report
from hwbench_mo.validation.units import OURS
from tests.support.spaces import ROOT

DOCS = ROOT / "docs"
NUMBER = re.compile(r"[+-]?\d+\.(\d+)")
IMAGE = re.compile(r"^!\[(.*)\]\((.*)\)$", re.MULTILINE)


def test_the_page_says_what_its_table_says() -> None:
    """The table lacks notes and pictures; its four digits leave the last digits of the page open."""
    page = (DOCS / f"{SCORES}.md").read_text()
    shown = page.partition(f"<!-- begin {MARKER} -->\n\n")[2].partition(f"\n<!-- end {MARKER} -->")[0]
    pictures = [Picture(caption, Path(path)) for caption, path in IMAGE.findall(shown)]
    assert len(pictures) == 18
    assert all((DOCS / picture.path).exists() for picture in pictures)
    findings = Findings(
        table=pd.read_csv(DOCS / f"{SCORES}.csv"),
        split="folds",
        labels={OURS: OURS} | {name: baseline.label for name, baseline in all_baselines().items()},
        facts={"folds": 5},
        notes=[line for line in shown.splitlines() if " is not installed (" in line],
    )
    assert_equal_but_for_rounding(as_markdown(findings, pictures), shown)
    explained = (DOCS / f"{EXPLAINED}.md").read_text()
    shown = explained.partition(f"<!-- begin {MARKER} -->\n\n")[2].partition(f"\n<!-- end {MARKER} -->")[0]
    assert_equal_but_for_rounding(f"{overview(findings.table, findings.split)}\n", shown)


def assert_equal_but_for_rounding(rendered: str, shown: str) -> None:
    assert NUMBER.sub("number", rendered) == NUMBER.sub("number", shown)
    for ours, theirs in zip(NUMBER.finditer(rendered), NUMBER.finditer(shown), strict=True):
        last_digit = 10.0 ** -len(theirs[1])
        # A number comes from at most three scores, each rounded to 1 part in 2,000.
        assert float(ours[0]) == pytest.approx(float(theirs[0]), rel=1.5e-3, abs=1.01 * last_digit), theirs


def test_a_new_page_points_to_the_explanations(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"space": ["gpt_s"], "split": ["folds"], "target": ["latency@a100"], "method": [OURS]}
        | {name: [0.01] for name in ("crps", "crps_relative", "calibration", "coverage_50", "relative_error", "r2")}
        | {
            "coverage_90": [0.9],
            "tau_within": [0.9],
            "negative": [0.0],
            "width_90": [0.1],
            "within_2_se": [float("nan")],
        }
    )
    findings = Findings(table=table, split="folds", labels={OURS: OURS}, facts={"folds": 5})
    written = write_report(findings, tmp_path / "new", [Picture("A picture", Path("images") / "a.png")])
    csv, markdown, explained = written
    pd.testing.assert_frame_equal(pd.read_csv(csv), table, check_dtype=False)
    text = markdown.read_text()
    assert "`docs/surrogate_scores.md` of hwbench_mo explains these scores and baselines." in text
    assert "| gpt_s | latency, GPUs | 1.00 % | 0.900 | – | 90 % |" in explained.read_text()
    assert text.endswith("\n![A picture](images/a.png)\n\n<!-- end validation -->\n")
    assert "| latency@a100 | 1.000 % | – | – | – | 0.900 | – |" in text
    markdown.write_text(text.replace("# Scores of the surrogates", "# Mine"))
    write_report(findings, tmp_path / "new")
    assert markdown.read_text().startswith("# Mine\n")
    assert sorted(markdown.parent.iterdir()) == sorted(written)
