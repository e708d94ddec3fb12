"""Reads pickles of plain data from people one need not trust: numbers, text, lists, dicts, NumPy scalars and arrays.

A pickle is a program that can call whatever it can name. Here it can name the few functions that rebuild NumPy
scalars and arrays and no other, and even these are stand-ins that check what they are given: NumPy's own trust the
shapes, sizes and object pointers of a pickle. Scalars come out as Python numbers, arrays as lists.
"""

import io
import math
import pickle
import pickletools
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hwbench_mo.errors import InputError

RULE = "only plain data, NumPy scalars and NumPy arrays are read"
DTYPES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
"""Booleans, integers and floats. What is not here, objects above all, is refused."""

# Calls are REDUCE and BUILD alone. Not here are the old text forms (protocols 0 and 1), classes made without a call
# (NEWOBJ, INST, OBJ), persistent ids and the extension registry.
# fmt: off
OPERATIONS = {
    "PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8",
    "EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS",
    "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD",
}
# fmt: on
NAMES = {ord(operation.code): operation.name for operation in pickletools.opcodes}


def loads(data: bytes, place: str) -> Any:
    """The object that was pickled.

    Parameters
    ----------
    data
        One pickle of protocol 2 or later.
    place
        Where it comes from, for messages.

    Raises
    ------
    InputError
        If it is not a whole pickle, or asks for anything but plain data; what it asks for is named.

    Examples
    --------
    >>> loads(pickle.dumps({"energy": np.float64(0.5), "times": np.array([1, 2])}), "example")
    {'energy': 0.5, 'times': [1, 2]}
    >>> loads(pickle.dumps(print), "example")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: example: refused, because the pickle asks for 'builtins.print'; only plain data, ...
    """
    try:
        loaded: Any = _Unpickler(io.BytesIO(data)).load()
    except _RefusedError as refusal:
        raise InputError(f"{place}: refused, because the pickle asks for {refusal}; {RULE}") from None
    except KeyError as unknown:
        raise InputError(f"{place}: refused, because the pickle asks for {_opcode(unknown.args[0])}; {RULE}") from None
    except Exception as error:  # what malformed input raises in an unpickler is open-ended
        text = (str(error).splitlines() or [""])[0][:200]
        raise InputError(f"{place}: is not a whole pickle ({type(error).__name__}: {text}); {RULE}") from None
    return loaded


class _RefusedError(Exception):
    """What a pickle asked for."""


def _opcode(code: object) -> str:
    name = NAMES.get(code) if isinstance(code, int) else None
    return f"the operation {name}" if name else f"an operation {code!r} that does not exist"


class _Unpickler(pickle._Unpickler):
    """The unpickler that is written in Python: its operations can be chosen, and no size in a pickle is believed.

    (The one written in C allocates gigabytes for a memo index. It is ten times as fast, which is minutes in all.)
    """

    dispatch: ClassVar = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if NAMES.get(code) in OPERATIONS
    }
    # Protocol 5 keeps arrays in bytearrays. They are laid out as bytes are, and bytes are read before room is made.
    dispatch[pickle.BYTEARRAY8[0]] = pickle._Unpickler.dispatch[pickle.BINBYTES8[0]]

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in; dotted names and aliases are not followed, since nothing is looked up in a module."""
        if (module, name) not in ADMITTED:
            raise _RefusedError(repr(f"{module}.{name}"[:200]))
        return ADMITTED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise _RefusedError("a persistent id")


class _Call(NamedTuple):
    """A function that nothing can be set on: BUILD would set attributes on a plain one."""

    function: Callable[..., object]

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)


class _DType:
    __slots__ = ("value",)

    def __init__(self, code: object, *flags: object) -> None:
        if not isinstance(code, str) or code not in DTYPES:
            raise _RefusedError(f"the NumPy dtype {str(code)[:50]!r}")
        self.value = np.dtype(code)

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 5 or state[1] not in ("<", ">", "|", "="):
            raise _RefusedError("a NumPy dtype of unknown state")
        if any(part is not None for part in state[2:5]):
            raise _RefusedError("a NumPy dtype with fields")
        self.value = self.value.newbyteorder(state[1])


class _Array(list[Any]):
    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise _RefusedError("a NumPy array of unknown state")
        _, shape, dtype, fortran, data = state
        self[:] = _values(data, dtype, shape, "F" if fortran is True else "C")


def _values(data: object, dtype: object, shape: object, order: object) -> list[Any]:
    if not isinstance(dtype, _DType) or not isinstance(data, bytes) or order not in ("C", "F"):
        raise _RefusedError("a NumPy array that is not made of bytes")
    if not isinstance(shape, tuple) or not all(type(extent) is int and extent >= 0 for extent in shape):
        raise _RefusedError("a NumPy array without a shape")
    # An empty array may claim any extent beside its 0, and as a list it would have it.
    if math.prod(shape) * dtype.value.itemsize != len(data) or len(shape) == 0 or (0 in shape and len(shape) > 1):
        raise _RefusedError(f"a NumPy array of {len(data)} bytes whose shape says otherwise")
    array = np.frombuffer(data, dtype.value)
    values: list[Any] = array.reshape(shape, order="F" if order == "F" else "C").tolist()
    return values


def _scalar(dtype: object, data: object) -> object:
    return _values(data, dtype, (1,), "C")[0]


def _reconstruct(kind: object, shape: object, code: object) -> object:
    if kind is not NDARRAY:
        raise _RefusedError("a NumPy array of a class of its own")
    return _Array()


def _from_buffer(data: object, dtype: object, shape: object, order: object, axes: object = None) -> object:
    if axes is not None:
        raise _RefusedError("a NumPy array with permuted axes")
    return _values(data, dtype, shape, order)


NDARRAY = "numpy.ndarray"
"""Named by pickles as an argument only; what stands for it cannot be called."""

ADMITTED: dict[tuple[str, str], object] = {("numpy", "ndarray"): NDARRAY, ("numpy", "dtype"): _Call(_DType)}
for _core in ("numpy.core", "numpy._core"):  # NumPy 1 and NumPy 2
    ADMITTED[f"{_core}.multiarray", "scalar"] = _Call(_scalar)
    ADMITTED[f"{_core}.multiarray", "_reconstruct"] = _Call(_reconstruct)
    ADMITTED[f"{_core}.numeric", "_frombuffer"] = _Call(_from_buffer)
