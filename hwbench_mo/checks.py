"""Checks of arguments: each raises `InputError` with the name, the value and the rule."""

import numpy as np

from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.typing import Ints

MOST_REPEATS = 10
"""The most measurements that one evaluation averages: as many as the campaign took of each architecture."""


def check_count(name: str, value: object, *, least: int = 1) -> None:
    """Raise `InputError` unless ``value`` is an integer of at least ``least``.

    >>> check_count("budget", 0)
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: budget is 0, but must be at least 1
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputTypeError(f"{name} is {value!r}, but must be an integer")
    if value < least:
        raise InputError(f"{name} is {value}, but must be at least {least}")


def check_flag(name: str, value: object) -> None:
    """Raise `InputError` unless ``value`` is true or false."""
    if not isinstance(value, bool):
        raise InputTypeError(f"{name} is {value!r}, but must be true or false")


def check_seed(value: object) -> None:
    """Raise `InputError` unless ``value`` is an integer from 0."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise InputError(f"seed is {value!r}, but must be an integer from 0")


def check_repeats(repeats: object, n: int) -> Ints:
    """``repeats`` as an array, if they are integers from 1 to 10: one for all of n architectures, or one for each.

    >>> check_repeats([1, 10], 2)
    array([ 1, 10])
    """
    counts = np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.shape not in ((), (n,)):
        raise InputTypeError(f"repeats are {repeats!r}, but must be one integer, or one for each of {n} architectures")
    for count in counts.ravel()[(counts.ravel() < 1) | (counts.ravel() > MOST_REPEATS)].tolist():
        raise InputError(f"repeats are {count}, but must be from 1 to {MOST_REPEATS}")
    return counts.astype(np.int64)
