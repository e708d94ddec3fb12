"""The scores of corners that a recommendation tells, out of the validation's: ``python -m studies.corner_scores``."""

import csv
from pathlib import Path

from hwbench_mo.files import replaced_file
from hwbench_mo.recommendation.trust import FILE

ROOT = Path(__file__).resolve().parents[1]
SCORES, CORNERS = ROOT / "docs" / "surrogate_scores.csv", ROOT / "hwbench_mo" / "artifacts" / FILE
COLUMNS = ("space", "target", "architectures", "relative_error", "coverage_90")


def corner_rows(scores: str) -> list[dict[str, str]]:
    """The scores of our tables on the outer tenth of each width, of all that were scored."""
    rows = csv.DictReader(scores.splitlines())
    ours = [row for row in rows if (row["split"], row["method"]) == ("corners", "hwbench_mo")]
    return [{name: row[name] for name in COLUMNS} for row in ours]


def main() -> None:
    """Write the file that the library reads."""
    rows = corner_rows(SCORES.read_text(encoding="utf-8"))
    lines = [",".join(COLUMNS), *(",".join(row.values()) for row in rows)]
    with replaced_file(CORNERS) as scratch:
        scratch.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{CORNERS}: {len(rows)} rows")


if __name__ == "__main__":
    main()
