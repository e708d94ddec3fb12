"""``hwbench-mo fit MEASUREMENTS OUT``: fit every space of a folder of measurements.

It writes the artifact of each space, or of measurements of devices alone a file of tables for each device.
"""

import argparse
import sys
import warnings
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.fitting.fit import fit_folder
from hwbench_mo.progress import bars, say
from hwbench_mo.terminal import Grid, rendered


def add_arguments(parser: Parser) -> None:
    """The arguments of the command."""
    parser.description = (
        "Fits the tables of every space to a folder of measurements, and says how well they predict held-out rows."
    )
    parser.examples = ["hwbench-mo fit MEASUREMENTS tables"]
    parser.add_argument("measurements", type=Path, help="folder of measurements, one folder a space")
    parser.add_argument("out", type=Path, help="folder to write; it must not exist")
    parser.notes = (
        "Use what is written in recommend and explore with --devices, in Python with load_benchmark(…, devices=…)."
    )


def run(options: argparse.Namespace) -> int:
    """Fit, and print the files written; the exit status is 2 for a user's mistake."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _print_warning
            with bars():
                paths = fit_folder(options.measurements, options.out, tell=_tell)
    except InputError as error:
        return report(error)
    for path in paths:
        print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
    return 0


def _tell(one: str | Grid) -> None:
    say(rendered(one) if isinstance(one, Grid) else one)


def _print_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Warnings of a command are one line, as its errors are."""
    say(f"warning: {message}", sys.stderr)
