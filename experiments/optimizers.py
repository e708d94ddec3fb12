"""Writes the table of optimizers into ``docs/optimizers.md``, between its two markers.

python -m experiments.optimizers
"""

import sys

from experiments.reports.optimizers import markdown_table
from experiments.sweeps.configuration import CONF
from hwbench_mo import InputError
from hwbench_mo.errors import report

DOCUMENT = CONF.parent / "docs" / "optimizers.md"
BEGIN, END = "<!-- table: python -m experiments.optimizers -->", "<!-- end of table -->"


def with_table(text: str) -> str:
    """``text`` with the table of today between the markers.

    Raises
    ------
    InputError
        If a marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(f"{DOCUMENT} lacks a marker; it needs both {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{markdown_table()}\n{END}{after}"


def main() -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    try:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
    except InputError as error:
        return report(error)
    print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
