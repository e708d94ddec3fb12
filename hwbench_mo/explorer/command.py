"""``hwbench-mo explore``: one offline page to choose an architecture in, under limits."""

import argparse
import shlex
from pathlib import Path

from hwbench_mo.benchmark import load_benchmark
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.explorer.page import page_of
from hwbench_mo.files import write_whole
from hwbench_mo.progress import bars
from hwbench_mo.spaces.catalogue import MEASURED


def add_arguments(parser: Parser) -> None:
    """Declare the arguments of ``hwbench-mo explore``."""
    parser.description = "Writes one offline page to choose an architecture in, under limits of devices."
    parser.examples = [
        "hwbench-mo explore",
        "hwbench-mo explore --space gpt_m gpt_l --out explorer.html",
    ]
    what = parser.add_argument_group("what the page holds")
    what.add_argument(
        "--space", nargs="+", default=list(MEASURED), metavar="SPACE", help=f"default: {' '.join(MEASURED)}"
    )
    what.add_argument("--devices", nargs="+", type=Path, metavar="TABLES", help="tables of devices of your own")
    to = parser.add_argument_group("where it goes")
    to.add_argument("--out", type=Path, default=Path("explorer.html"), help="file to write (default: explorer.html)")


def run(options: argparse.Namespace) -> int:
    """Write the page, in place of one that may be there; the exit status is 2 for a user's mistake."""
    try:
        benchmarks = [load_benchmark(space, devices=options.devices) for space in dict.fromkeys(options.space)]
        given = "" if options.devices is None else shlex.join(["--devices", *map(str, options.devices)])
        with bars():
            page = page_of(benchmarks, options=given)
        write_whole(options.out.absolute(), page)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{options.out}: cannot be written: {error.strerror or error}; name another by --out"))
    size = len(page.encode()) / 1e6
    print(f"{options.out.absolute().as_uri()} ({size:.1f} MB): open it in a browser; it needs no network")
    return 0
