"""Lists the optimizers that ship, or writes their table into ``docs/optimizers.md``, between its two markers.

python -m experiments.optimizers --list
python -m experiments.optimizers
"""

import sys
from collections.abc import Sequence

from experiments.reports.optimizers import grid, markdown_table
from experiments.sweeps.catalogue import CONF
from hwbench_mo import InputError
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.files import with_generated, write_whole
from hwbench_mo.terminal import show

DOCUMENT = CONF.parent / "docs" / "optimizers.md"


def with_table(text: str) -> str:
    """A document with the table of today between its markers; `InputError` if a marker is missing."""
    return with_generated(text, "optimizers", markdown_table())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = Parser(
        prog="python -m experiments.optimizers",
        description="Lists the optimizers that ship, or writes their table into docs/optimizers.md.",
        examples=["python -m experiments.optimizers --list", "python -m experiments.optimizers"],
    )
    parser.add_argument("--list", action="store_true", help="print the table, and write nothing")
    options = parser.parse_args(arguments)
    if options.list:
        show(grid())
        return 0
    try:
        write_whole(DOCUMENT, with_table(DOCUMENT.read_text()))
    except InputError as error:
        return report(error)
    print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
