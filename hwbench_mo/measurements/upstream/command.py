"""``hwbench-mo import GIT_DIR OUT``: make a folder of measurements out of a clone of ``automl/HW-GPT-Bench``."""

import argparse
import sys
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.progress import bars


def add_arguments(parser: Parser) -> None:
    """The arguments of the command."""
    parser.description = (
        "Makes a folder of measurements out of a clone of the authors' repository, automl/HW-GPT-Bench."
    )
    parser.examples = [
        "git clone https://github.com/automl/HW-GPT-Bench",
        "hwbench-mo import HW-GPT-Bench measurements",
    ]
    parser.add_argument("git_dir", type=Path, help="the clone, with its history; nothing in it is run or changed")
    parser.add_argument("out", type=Path, help="folder to write; it must not exist")


def run(options: argparse.Namespace) -> int:
    """Import, and print what became of each space; the exit status is 2 for a user's mistake."""
    try:
        with bars():
            imported = import_upstream(options.git_dir, options.out)
        for one in imported:
            missing = f"; {one.left_out} left out, which were not measured on every device" if one.left_out else ""
            trials = f"; {one.trials} trial records of other spaces left out" if one.trials else ""
            print(f"{options.out / one.space}: {one.written} architectures{missing}{trials}")
            if one.lacks:
                lacks = "a fit will lack the prior that it gives for perplexity, which matters most for gpt_l"
                print(f"warning: {one.space}: perplexity_mlp is missing, because {one.lacks}; {lacks}", file=sys.stderr)
    except InputError as error:
        return report(error)
    return 0
