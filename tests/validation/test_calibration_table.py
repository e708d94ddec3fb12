"""Tables mark what is off by more than chance, and say how."""

import pandas as pd

from hwbench_mo.validation.calibration_table import LEGEND, calibration_cells, calibration_table
from hwbench_mo.validation.report import Findings, as_markdown
from hwbench_mo.validation.units import OURS

SCORES = {
    **dict.fromkeys(("crps", "crps_relative", "relative_error", "r2", "tau_within", "rmse", "width_90"), 0.5),
    "negative": 0.0,
    "within_2_se": float("nan"),
    "crps_difference_se": float("nan"),
    "calibration": 0.02,
    "calibration_low": 0.01,
    "calibration_high": 0.03,
    "calibration_chance": 0.005,
    "calibration_limit": 0.015,
    "coverage_50": 0.51,
    "coverage_50_low": 0.49,
    "coverage_50_high": 0.53,
    "coverage_90": 0.87,
    "coverage_90_low": 0.85,
    "coverage_90_high": 0.89,
}
CALIBRATED = {"calibration": 0.015, "coverage_90": 0.88, "coverage_90_high": 0.9}


def _table() -> pd.DataFrame:
    rows = [("latency@a100", OURS, SCORES), ("latency@a40", OURS, SCORES | CALIBRATED)]
    return pd.DataFrame(
        {"space": "gpt_s", "split": "folds", "target": target, "method": method, **scores}
        for target, method, scores in rows
    )


def test_deviations_beyond_chance_are_marked() -> None:
    table = _table()
    assert calibration_cells(table.iloc[0]) == ["0.0200 *", "0.510", "0.870 *"]
    assert calibration_cells(table.iloc[1]) == ["0.0150", "0.510", "0.880"]
    lines = calibration_table(table, "gpt_s", "folds").splitlines()
    assert lines[0].count("95 % interval") == 3
    assert lines[2] == (
        "| latency@a100 | 0.0200 * | 0.0100–0.0300 | 0.0050 | 0.510 | 0.490–0.530 | 0.870 * | 0.850–0.890 |"
    )
    assert lines[3].startswith("| latency@a40 | 0.0150 | ")


def test_the_page_counts_marks_and_explains_them() -> None:
    def page(table: pd.DataFrame) -> str:
        return as_markdown(Findings(table=table, split="folds", labels={OURS: OURS}, facts={"folds": 5}))

    text = page(_table())
    assert LEGEND in text
    assert "| gpt_s | hwbench_mo | 2 | 1.000 | 0.0175 | 1 of 2 | 0.87–0.88 |" in text
    assert text.count("0.0200 *") == 2
    before = page(_table().drop(columns=[name for name in SCORES if name.endswith(("_low", "_high", "_limit"))]))
    assert " * " not in before
    assert LEGEND not in before
