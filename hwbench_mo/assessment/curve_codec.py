"""Curves of many runs as small whole numbers, rounded as little as the order of optimizers needs.

A value becomes a whole number of steps of ``2**-bits`` on a scale of its quantity: logarithmic for what is judged by
ratios, linear for what is a logarithm or a share already. Along a run only the changes of that number are kept, most of
which are zero. Bits are chosen for each checkpoint: as many as leave the ranks of the optimizers' medians as they were.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.typing import Floats, Ints

LEAST = 2.0**-30
"""The least value on a logarithmic scale; what is smaller counts as 0."""
EQUAL = 1e-9
"""Numbers whose relative difference is at most this are equal, but for the order in which they were added up."""
MOST_BITS = 40
"""With which a number of steps still fits into 53 bits."""


@dataclass(frozen=True)
class Scale:
    """How values of a quantity become numbers that are rounded."""

    forward: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    bits: int
    """With so many at least, a step is small enough."""


def _logarithms(values: Floats) -> Floats:
    found: Floats = np.log2(np.maximum(values, LEAST) / LEAST)
    return found


def _powers(logarithms: Floats) -> Floats:
    return np.where(logarithms > 0, LEAST * np.exp2(logarithms), 0.0)


def logarithmic(bits: int) -> Scale:
    """Of values that are not negative: a step is a factor of ``2**2**-bits``."""
    return Scale(_logarithms, _powers, bits)


def linear(bits: int, *, per: float = 1.0) -> Scale:
    """A step is ``per * 2**-bits``."""
    return Scale(lambda values: values / per, lambda steps: steps * per, bits)


def rounded(values: Floats, scale: Scale, bits: int) -> Ints:
    """The number of steps that is nearest to each value."""
    found: NDArray[np.int64] = np.rint(scale.forward(values) * 2.0**bits).astype(np.int64)
    return found


def restored(steps: Ints, scale: Scale, bits: int) -> Floats:
    """The values of so many steps."""
    return scale.back(steps / 2.0**bits)


def bits_that_suffice(
    values: Floats, same: Callable[[Floats], bool], scale: Scale, *, least: int, most: int = MOST_BITS
) -> int:
    """The fewest bits with which rounded values are as good as the values.

    >>> values = np.array([0.5, 0.5001])
    >>> bits_that_suffice(values, lambda found: bool(found[0] < found[1]), linear(0), least=4)
    13
    """
    for bits in range(least, most + 1):
        if same(restored(rounded(values, scale, bits), scale, bits)):
            return bits
    return most


def keeps_order(before: Floats, after: Floats) -> bool:
    """Whether of any two numbers the lesser one before is so after; those that only differ by rounding count as equal.

    >>> keeps_order(np.array([1.0, 2.0, 2.0 + 1e-12]), np.array([1.1, 1.9, 1.9]))
    True
    >>> keeps_order(np.array([1.0, 2.0]), np.array([1.5, 1.5]))
    False
    """
    sizes = np.maximum(np.abs(before[:, None]), np.abs(before))
    differ = np.abs(before[:, None] - before) > EQUAL * np.maximum(sizes, LEAST)
    return bool((np.sign(after[:, None] - after) == np.sign(before[:, None] - before))[differ].all())


def changes(values: Floats, scale: Scale, bits: Sequence[int]) -> Ints:
    """``[n, k]``; of n runs at k checkpoints, the steps beyond those that the last checkpoint lets expect."""
    steps = [rounded(column, scale, own) for column, own in zip(values.T, bits, strict=True)]
    expected = [np.zeros(len(values), dtype=np.int64), *map(_in_steps, steps, bits, bits[1:])]
    return np.stack(steps, axis=1) - np.stack(expected, axis=1)


def values_of(changed: Ints, scale: Scale, bits: Sequence[int]) -> Floats:
    """``[n, k]``; the values whose `changes` these are.

    >>> changed = changes(np.array([[1.0, 0.5, 0.25]]), linear(0), [2, 8, 4])
    >>> values_of(changed, linear(0), [2, 8, 4]).tolist()
    [[1.0, 0.5, 0.25]]
    """
    steps = np.zeros(len(changed), dtype=np.int64)
    found, before = np.empty(changed.shape), bits[0] if len(bits) else 0
    for place, own in enumerate(bits):
        steps = _in_steps(steps, before, own) + changed[:, place]
        found[:, place] = restored(steps, scale, own)
        before = own
    return found


def _in_steps(steps: Ints, bits: int, wanted: int) -> Ints:
    """Numbers of steps in steps of another size, in whole numbers alone: the same on every machine."""
    if wanted >= bits:
        return steps << (wanted - bits)
    away = bits - wanted
    return (steps + (1 << (away - 1))) >> away
