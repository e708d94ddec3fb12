"""``hwbench-mo COMMAND``, which is ``python -m hwbench_mo COMMAND``: what the library does from a command line."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report, unknown
from hwbench_mo.extras import how_to_install
from hwbench_mo.version import __version__


class Command(NamedTuple):
    """One command: its module has ``add_arguments(parser)`` and ``run(options)``, which gives the exit status."""

    module: str
    help: str
    extra: str | None = None
    """What to install of `hwbench_mo` for libraries that the command needs beyond the library's own."""


COMMANDS = {
    "explore": Command("hwbench_mo.explorer.command", "write a page to choose an architecture in, under limits"),
    "export": Command(
        "hwbench_mo.network.command", "write an architecture's network for transformers or as ONNX", "export"
    ),
    "fit": Command("hwbench_mo.fitting.command", "fit the tables of every space to a folder of measurements"),
    "import": Command(
        "hwbench_mo.measurements.upstream.command", "make a folder of measurements out of the authors' repository"
    ),
    "measure": Command(
        "hwbench_mo.profiling.command", "measure a device of your own: latency, energy and memory", "measure"
    ),
    "recommend": Command("hwbench_mo.recommendation.command", "the best architecture under limits of a device"),
    "supernet": Command(
        "hwbench_mo.supernet.command", "perplexity of your own text and space, by weight sharing", "supernet"
    ),
    "validate": Command(
        "hwbench_mo.validation.command", "judge the surrogates on architectures kept from their fits", "validate"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake.

    The module of a command is imported for that command alone: ``--help`` loads none of them.
    """
    given = sys.argv[1:] if arguments is None else arguments
    chosen = next((argument for argument in given if not argument.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        return report(unknown("command", chosen, COMMANDS))
    parser = Parser(
        prog="hwbench-mo",
        description="Chooses architectures under limits of devices, and measures, fits and judges what it answers by.",
        examples=["hwbench-mo recommend gpt_m --limit latency@rtx3080=40ms", "hwbench-mo recommend --help"],
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.help)
        if name == chosen:
            module = import_module(command.module)
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run, command=command)
    options = parser.parse_args(given)
    try:
        status: int = options.run(options)
    except ModuleNotFoundError as error:
        if options.command.extra is None:
            raise
        missing = f"hwbench-mo {chosen} needs {error.name}, which is not installed"
        return report(InputError(f"{missing}: {how_to_install(options.command.extra)}"))
    return status


if __name__ == "__main__":
    sys.exit(main())
