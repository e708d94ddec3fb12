"""What a user's mistake raises: one line that names the place, the value, the rule and the nearest valid choice."""

import sys
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from hwbench_mo.terminal import BAD, console

MOST_CHARACTERS = 1500
"""Of a message: a value that it shows can be as long as it likes."""


class InputError(ValueError):
    r"""The input is wrong and the message says how to mend it, in one line. Command lines print it without a traceback.

    >>> print(InputError("codes are\n [[1]\n  [2]], but must be …"))
    codes are [[1] [2]], but must be …
    """

    def __init__(self, message: object) -> None:
        line = " ".join(str(message).split())
        super().__init__(line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…")


class InputTypeError(InputError, TypeError):
    """The input has the wrong type."""


class OutputExistsError(InputError, FileExistsError):
    """The output is already there; results are never replaced."""

    __str__ = ValueError.__str__


def nearest_first(value: object, choices: Iterable[str]) -> list[str]:
    """``choices`` by similarity to ``value``, the most similar first, ties in the given order.

    >>> nearest_first("latncy", ["energy", "latency", "params"])
    ['latency', 'energy', 'params']
    """
    text = str(value)[:100].casefold()
    return sorted(choices, key=lambda choice: -SequenceMatcher(None, text, choice.casefold()).ratio())


def nearest_number(value: Any, choices: tuple[Any, ...]) -> str:
    """What an error adds that names choices: the nearest to a number; nothing for what is no number.

    >>> nearest_number(5, (1, 4, 9))
    ' (nearest: 4)'
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or isinstance(choices[0], bool):
        return ""
    return f" (nearest: {min(choices, key=lambda choice: abs(choice - value))})"


def unknown(what: str, value: object, choices: Iterable[str]) -> InputError:
    """The error for a name that is not among ``choices``.

    >>> print(unknown("device", "a10", ["h100", "a100"]))
    unknown device 'a10'; valid, nearest first: a100, h100
    """
    return InputError(f"unknown {what} {value!r}; valid, nearest first: {', '.join(nearest_first(value, choices))}")


def report(error: InputError) -> int:
    """Tell a command's user in one line, and give the exit status of a mistake."""
    to = console(sys.stderr)
    if to is None:
        print(f"error: {error}", file=sys.stderr)
    else:
        to.print("error:", style=BAD, end=" ")
        to.print(str(error), soft_wrap=True)
    return 2
