"""Writes one HTML page in which the best architecture follows while limits are dragged.

    python -m experiments.explore                      # explorer.html, of gpt_s, gpt_m and gpt_l
    python -m experiments.explore --space gpt_m --out my_page.html

The page needs no network and nothing else beside it. It computes with the tables of the benchmark, exactly, and gives
the answers of ``hwbench-mo recommend``: docs/explorer.md.
"""

import argparse
import sys
from pathlib import Path

from experiments.reports.explorer.document import explorer_page
from experiments.reports.text import printable
from hwbench_mo import InputError
from hwbench_mo.errors import report, unknown
from hwbench_mo.files import write_whole
from hwbench_mo.spaces.catalogue import MEASURED


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.explore",
        description="Write a page that recommends an architecture while limits are dragged, such as: "
        "python -m experiments.explore --space gpt_m",
    )
    parser.add_argument("--space", nargs="+", default=list(MEASURED), help="by default all that were measured")
    parser.add_argument("--out", type=Path, default=Path("explorer.html"), help="the file to write")
    options = parser.parse_args(arguments)
    try:
        for name in options.space:
            if name not in MEASURED:
                raise unknown("space", name, MEASURED)
        page = explorer_page(list(dict.fromkeys(options.space)))
        write_whole(options.out, page)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{options.out}: cannot be written: {error.strerror or error}; name another by --out"))
    print(f"explorer: {printable(str(options.out))} ({len(page.encode()) / 1e6:.1f} MB); open it in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
