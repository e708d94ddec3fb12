"""Stand-ins for the functions that rebuild NumPy scalars and arrays out of a pickle: each checks its arguments."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

DTYPES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
"""Booleans, integers and floats. Everything else, objects above all, is refused."""
MOST_AXES = 4


class RefusedError(Exception):
    """A pickle asked for something that it does not get."""


class Call(NamedTuple):
    """A function without attributes: BUILD would set attributes on a plain function."""

    function: Callable[..., object]

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)


class _DType:
    __slots__ = ("value",)

    def __init__(self, code: object, *flags: object) -> None:
        if not isinstance(code, str) or code not in DTYPES:
            raise RefusedError(f"the NumPy dtype {str(code)[:50]!r}")
        self.value = np.dtype(code)

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 5 or state[1] not in ("<", ">", "|", "="):
            raise RefusedError("a NumPy dtype of unknown state")
        if any(part is not None for part in state[2:5]):
            raise RefusedError("a NumPy dtype with fields")
        self.value = self.value.newbyteorder(state[1])


class _Array(list[Any]):
    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise RefusedError("a NumPy array of unknown state")
        _, shape, dtype, fortran, data = state
        self[:] = _values(data, dtype, shape, "F" if fortran is True else "C")


def _values(data: object, dtype: object, shape: object, order: object) -> list[Any]:
    if not isinstance(dtype, _DType) or not isinstance(data, bytes) or order not in ("C", "F"):
        raise RefusedError("a NumPy array that is not made of bytes")
    if not isinstance(shape, tuple) or not all(type(extent) is int and extent >= 0 for extent in shape):
        raise RefusedError("a NumPy array without a shape")
    # The product of many large extents takes forever. An empty array may claim any extent beside its 0.
    if len(shape) > MOST_AXES or any(extent > len(data) for extent in shape):
        raise RefusedError(f"a NumPy array of {len(data)} bytes whose shape says otherwise")
    if math.prod(shape) * dtype.value.itemsize != len(data) or len(shape) == 0 or (0 in shape and len(shape) > 1):
        raise RefusedError(f"a NumPy array of {len(data)} bytes whose shape says otherwise")
    array = np.frombuffer(data, dtype.value)
    values: list[Any] = array.reshape(shape, order="F" if order == "F" else "C").tolist()
    return values


def _scalar(dtype: object, data: object) -> object:
    return _values(data, dtype, (1,), "C")[0]


def _reconstruct(kind: object, shape: object, code: object) -> object:
    if kind is not NDARRAY:
        raise RefusedError("a NumPy array of a class of its own")
    return _Array()


def _from_buffer(data: object, dtype: object, shape: object, order: object, axes: object = None) -> object:
    if axes is not None:
        raise RefusedError("a NumPy array with permuted axes")
    return _values(data, dtype, shape, order)


NDARRAY = "numpy.ndarray"
"""Named by pickles as an argument only; what stands for it cannot be called."""

ADMITTED: dict[tuple[str, str], object] = {("numpy", "ndarray"): NDARRAY, ("numpy", "dtype"): Call(_DType)}
for _core in ("numpy.core", "numpy._core"):  # NumPy 1 and NumPy 2
    ADMITTED[f"{_core}.multiarray", "scalar"] = Call(_scalar)
    ADMITTED[f"{_core}.multiarray", "_reconstruct"] = Call(_reconstruct)
    ADMITTED[f"{_core}.numeric", "_frombuffer"] = Call(_from_buffer)
