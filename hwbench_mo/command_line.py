"""What all command lines share: how help is laid out, and that a mistake is answered in one line."""

import argparse
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from hwbench_mo.errors import InputError, report


class Layout(argparse.RawDescriptionHelpFormatter):
    """Keeps lines as they are written, and commands in a line with what they do."""

    def add_argument(self, action: argparse.Action) -> None:
        """Commands are set two columns deeper than argparse reckons with when it looks for the widest."""
        super().add_argument(action)
        if isinstance(action, argparse._SubParsersAction):
            self._action_max_length += self._indent_increment


class Parser(argparse.ArgumentParser):
    """Answers a mistake in one line, with exit status 2. Its help starts with a sentence and examples.

    Parameters
    ----------
    description
        What the command does, in a sentence or two.
    examples
        Commands that run as they stand, or with a file that the user has.
    notes
        What comes after the options.

    Examples
    --------
    >>> parser = Parser(prog="double", description="Doubles a number.", examples=["double 2"])
    >>> _ = parser.add_argument("number", type=int, help="any")
    >>> print(parser.format_help().split("usage")[0])
    Doubles a number.
    <BLANKLINE>
    example:
      double 2
    <BLANKLINE>
    <BLANKLINE>
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), notes: str = "", **settings: Any) -> None:
        settings.setdefault("formatter_class", Layout)
        super().__init__(*arguments, **settings)
        self.examples = list(examples)
        self.notes = notes

    def format_help(self) -> str:
        """A sentence, examples, usage, options, notes."""
        formatter = self._get_formatter()
        width = max(shutil.get_terminal_size().columns - 2, 20)
        formatter.add_text(textwrap.fill(self.description or "", width, break_on_hyphens=False))
        if self.examples:
            formatter.add_text("\n  ".join([f"example{'s' * (len(self.examples) > 1)}:", *self.examples]))
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_text(group.description)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        formatter.add_text(textwrap.fill(self.notes, width, break_on_hyphens=False))
        return formatter.format_help()

    def error(self, message: str) -> NoReturn:
        sys.exit(report(InputError(f"{message}; see {self.prog} --help")))
