"""``hwbench-mo supernet train`` and ``measure``: perplexity of a space and a corpus of one's own, by weight sharing."""

import argparse
import sys

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.network.build import import_torch
from hwbench_mo.progress import bars, steps


def add_arguments(parser: Parser) -> None:
    """The arguments of the command."""
    from hwbench_mo.supernet import measure_command, train_command

    parser.description = "Measures perplexity of your own text and space, by a supernet whose weights are shared."
    parser.examples = [
        "hwbench-mo supernet train --space gpt_s --text TEXT --out supernet",
        "hwbench-mo supernet measure supernet --out measurements",
    ]
    commands = parser.add_subparsers(metavar="train|measure", required=True)
    for name, module, text in (
        ("train", train_command, "train a supernet on a folder of text; the same call goes on where one ended"),
        ("measure", measure_command, "measure perplexity and accuracy of its sub-networks, and write measurements"),
    ):
        subparser = commands.add_parser(name, help=text)
        module.add_arguments(subparser)
        subparser.set_defaults(part=module.run)


def run(options: argparse.Namespace) -> int:
    """Run a part of the command; the exit status is 2 for a user's mistake, 130 for an interrupt."""
    try:
        with bars(), steps("load PyTorch"):
            import_torch("supernet")
        options.part(options)
    except InputError as error:
        return report(error)
    except KeyboardInterrupt:
        print("interrupted; the same call goes on with what is kept", file=sys.stderr)
        return 130
    return 0
