"""``hwbench-mo explore``: one offline page to choose an architecture in, under limits."""

import argparse
import shlex
from pathlib import Path

from hwbench_mo.benchmark import load_benchmark
from hwbench_mo.errors import InputError, report
from hwbench_mo.explorer.page import page_of
from hwbench_mo.files import new_file, refuse_existing
from hwbench_mo.spaces.catalogue import MEASURED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``hwbench-mo explore``."""
    parser.add_argument(
        "out", nargs="?", type=Path, default=Path("explorer.html"), help="file to write (default: explorer.html)"
    )
    parser.add_argument("--spaces", nargs="+", default=list(MEASURED), metavar="SPACE", help="default: all three")
    parser.add_argument("--devices", nargs="+", type=Path, metavar="TABLES", help="tables of devices of your own")


def run(options: argparse.Namespace) -> int:
    """Write the page; the exit status is 2 for a user's mistake."""
    try:
        refuse_existing(options.out)
        spaces = list(dict.fromkeys(options.spaces))
        benchmarks = [load_benchmark(space, devices=options.devices) for space in spaces]
        given = "" if options.devices is None else shlex.join(["--devices", *map(str, options.devices)])
        page = page_of(benchmarks, options=given).encode()
        with new_file(options.out) as scratch:
            scratch.write_bytes(page)
    except InputError as error:
        return report(error)
    print(f"{options.out.absolute().as_uri()} ({len(page) / 1e6:.1f} MB): open it in a browser; it needs no network")
    return 0
