"""Checks of arguments: each raises `InputError` with the name, the value and the rule."""

from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.typing import Floats, Ints

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


def check_generator(rng: object) -> None:
    """Raise `InputError` unless ``rng`` is a `numpy.random.Generator`."""
    if not isinstance(rng, np.random.Generator):
        raise InputTypeError(f"rng is {rng!r}, but must be a generator, such as numpy.random.default_rng(0)")


def check_size(name: str, value: object) -> None:
    """Raise `InputError` unless ``value`` is an integer from 0."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputTypeError(f"{name} is {value!r}, but must be an integer")
    if value < 0:
        raise InputError(f"{name} is {value}, but must be at least 0")


def check_numbers(name: str, values: object) -> Floats:
    """``values`` as an array of floats, if they are real numbers and none is masked.

    >>> check_numbers("values", [1, 2.5])
    array([1. , 2.5])
    >>> check_numbers("values", np.array([1j]))
    Traceback (most recent call last):
    hwbench_mo.errors.InputTypeError: values have type complex128, but must be real numbers
    """
    if isinstance(values, np.ma.MaskedArray):
        raise InputTypeError(f"{name} are a masked array, but no value may be missing: fill or drop what is masked")
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(f"{name} have rows of unequal length") from None
    if array.dtype.kind not in "iufb":
        raise InputTypeError(f"{name} have type {array.dtype}, but must be real numbers")
    return array.astype(np.float64, copy=False)


def check_path(name: str, value: object) -> None:
    """Raise `InputError` unless ``value`` is a path."""
    if not isinstance(value, str | PathLike) or "\0" in str(value):
        raise InputTypeError(f"{name} is {value!r}, but must be a path")


def empty_rows(name: str, n: int, width: int, dtype: type = np.int64) -> NDArray[Any]:
    """An array ``[n, width]`` of zeros, or `InputError` if that is more than the memory holds."""
    try:
        return np.zeros((n, width), dtype=dtype)
    except (MemoryError, OverflowError, ValueError):
        raise InputError(f"{name} is {n}, but so many do not fit into memory") from None


def check_indices(name: str, values: object, n: int) -> Ints:
    """``values`` as an array, if they are one integer from 0, or one for each of n architectures."""
    try:
        indices = np.asarray(values)
    except ValueError:
        indices = np.empty(0)
    if indices.dtype.kind not in "iu" or indices.shape not in ((), (n,)) or (indices < 0).any():
        raise InputError(f"{name} is {values!r}, but must be one integer from 0, or one for each architecture")
    return indices


def check_repeats(repeats: object, n: int) -> Ints:
    """``repeats`` as an array, if they are integers from 1 to 10: one for all of n architectures, or one for each.

    >>> check_repeats([1, 10], 2)
    array([ 1, 10])
    """
    try:
        counts = np.asarray(repeats)
    except ValueError:
        counts = np.empty(0)
    if counts.dtype.kind not in "iu" or counts.shape not in ((), (n,)):
        raise InputTypeError(f"repeats are {repeats!r}, but must be one integer, or one for each of {n} architectures")
    for count in counts.ravel()[(counts.ravel() < 1) | (counts.ravel() > MOST_REPEATS)].tolist():
        raise InputError(f"repeats are {count}, but must be from 1 to {MOST_REPEATS}")
    return counts.astype(np.int64)
