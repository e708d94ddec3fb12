"""``hwbench-mo export ARCHITECTURE.json --out FOLDER``: write a network that transformers loads and trains."""

import argparse
import json
import sys
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.network.folder import export_model
from hwbench_mo.progress import bars, steps
from hwbench_mo.spaces import Architecture


def add_arguments(parser: Parser) -> None:
    """The arguments of the command."""
    parser.description = "Writes an architecture's network, untrained, as a folder that transformers loads and trains."
    parser.examples = [
        "hwbench-mo recommend gpt_s --json > answer.json",
        "hwbench-mo export answer.json --out network",
    ]
    parser.add_argument(
        "architecture", help="JSON file of an architecture, or of an answer that holds one; - is standard input"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write; it must not exist")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights (default: 0)")
    parser.add_argument("--onnx", action="store_true", help="write model.onnx too")


def run(options: argparse.Namespace) -> int:
    """Export, and print the files written; the exit status is 2 for a user's mistake."""
    try:
        architecture = read_architecture(options.architecture)
        with bars(), steps("write the network"):
            folder = export_model(architecture, options.out, seed=options.seed, onnx=options.onnx)
    except InputError as error:
        return report(error)
    for path in sorted(folder.iterdir()):
        print(f"{path} ({path.stat().st_size / 1000:,.0f} kB)")
    return 0


def read_architecture(source: str) -> Architecture:
    """The architecture of a JSON file, or of standard input if ``source`` is ``-``.

    The document is an architecture's, or holds one as ``architecture``.
    """
    name = "standard input" if source == "-" else source
    try:
        document = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{name} cannot be read as JSON: {error}") from None
    if isinstance(document, dict) and "architecture" in document:
        document = document["architecture"]
    try:
        return Architecture.from_dict(document)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
