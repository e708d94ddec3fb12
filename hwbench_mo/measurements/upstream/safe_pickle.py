"""Reads pickles of plain data from untrusted sources: numbers, text, lists, dicts, NumPy scalars and arrays.

A pickle is a program that can call any function that it can name. Here it can name the few functions that rebuild
NumPy scalars and arrays, and no others. Even these are stand-ins that check their arguments, because NumPy's own trust
the shapes, sizes and object pointers of a pickle. Scalars come out as Python numbers, arrays as lists.

A pickle can also be a bomb. Its bytes may be used once each, its elements are counted as often as they are referred to,
and nesting is limited, so that everything read can be walked through. `hwbench_mo.measurements.upstream.sandbox` limits
memory and time besides.
"""

import io
import pickle
import pickletools
from collections.abc import Callable
from typing import Any, ClassVar

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.stand_ins import ADMITTED, Call, RefusedError

RULE = "only plain data, NumPy scalars and NumPy arrays are read"
DEEPEST = 20
"""Levels of lists, tuples and dicts; a list of records has four."""
MOST_ELEMENTS = 10_000_000
"""Entries of all lists, tuples and dicts; the authors' largest file has about 1,000,000."""

# REDUCE and BUILD are the only calls. The old text forms (protocols 0 and 1), classes made without a call (NEWOBJ,
# INST, OBJ), persistent ids and the extension registry are missing.
# fmt: off
OPERATIONS = {
    "PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8",
    "EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS",
    "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD",
}
# fmt: on
PLAIN = (type(None), bool, int, float, str, bytes)
"""What is not made of other things."""
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
        If the data is not a whole pickle, holds too much or too deeply nested data, or asks for anything but plain
        data; the message names what the pickle asks for.

    Examples
    --------
    >>> import numpy as np
    >>> loads(pickle.dumps({"energy": np.float64(0.5), "times": np.array([1, 2])}), "example")
    {'energy': 0.5, 'times': [1, 2]}
    >>> loads(pickle.dumps(print), "example")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hwbench_mo.errors.InputError: example: refused, because the pickle asks for 'builtins.print'; only plain data, ...
    """
    try:
        loaded: Any = _Unpickler(io.BytesIO(data), len(data)).load()
        _refuse_all_but_plain(loaded)
    except RefusedError as refusal:
        raise InputError(f"{place}: refused, because the pickle asks for {refusal}; {RULE}") from None
    except KeyError as unknown:
        raise InputError(f"{place}: refused, because the pickle asks for {_opcode(unknown.args[0])}; {RULE}") from None
    except MemoryError:
        raise
    except Exception as error:  # malformed input can raise anything in an unpickler
        text = (str(error).splitlines() or [""])[0][:200]
        raise InputError(f"{place}: is not a whole pickle ({type(error).__name__}: {text}); {RULE}") from None
    return loaded


def _refuse_all_but_plain(loaded: object) -> None:
    """Refuse more elements than `MOST_ELEMENTS`, shared ones counted each time, nesting beyond `DEEPEST`, and a
    stand-in that was named but never called."""
    level: list[object] = [[loaded]]
    n_elements = 0
    for _ in range(DEEPEST):
        inner: list[object] = []
        for one in level:
            entries = one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else ()
            n_elements += len(entries)
            if n_elements > MOST_ELEMENTS:
                raise RefusedError(f"more than {MOST_ELEMENTS} elements")
            nested = [entry for entry in entries if type(entry) not in PLAIN]
            if not all(isinstance(entry, dict | list | tuple) and not isinstance(entry, Call) for entry in nested):
                raise RefusedError("a name as if it were data")
            inner += nested
        if not inner:
            return
        level = inner
    raise RefusedError(f"more than {DEEPEST} levels of lists in lists")


def _opcode(code: object) -> str:
    name = NAMES.get(code) if isinstance(code, int) else None
    return f"the operation {name}" if name else f"an operation {code!r} that does not exist"


def _checked(operation: bytes, check: Callable[[Any], None]) -> tuple[int, Callable[[Any], None]]:
    """An operation of the unpickler with a check of its stack before."""
    load = pickle._Unpickler.dispatch[operation[0]]

    def checked(unpickler: Any) -> None:
        check(unpickler)
        load(unpickler)

    return operation[0], checked


def _check_keys(keys: list[object]) -> None:
    """Hashing nested tuples overflows the stack of the process."""
    if not all(type(key) is str for key in keys):
        raise RefusedError("a dict whose keys are not text")


def _check_bytes(unpickler: Any) -> None:
    """Calls turn bytes into lists, and a memoized blob could become any number of lists."""
    arguments = unpickler.stack[-1]
    unpickler.n_bytes -= sum(len(one) for one in arguments if type(one) is bytes) if type(arguments) is tuple else 0
    if unpickler.n_bytes < 0:
        raise RefusedError("arrays of the same bytes over and over")


class _Unpickler(pickle._Unpickler):
    """The unpickler that is written in Python: its operations can be chosen, and it trusts no size in a pickle.

    The unpickler written in C is ten times as fast, but allocates gigabytes for a memo index.
    """

    def __init__(self, file: io.BytesIO, n_bytes: int) -> None:
        super().__init__(file)
        self.n_bytes = n_bytes

    dispatch: ClassVar = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if NAMES.get(code) in OPERATIONS
    }
    # Protocol 5 keeps arrays in bytearrays. They are laid out as bytes are, and bytes are read before room is made.
    dispatch[pickle.BYTEARRAY8[0]] = pickle._Unpickler.dispatch[pickle.BINBYTES8[0]]
    dispatch |= [
        _checked(pickle.SETITEM, lambda unpickler: _check_keys(unpickler.stack[-2:-1])),
        _checked(pickle.SETITEMS, lambda unpickler: _check_keys(unpickler.stack[::2])),
        _checked(pickle.REDUCE, _check_bytes),
        _checked(pickle.BUILD, _check_bytes),
    ]

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in; dotted names and aliases are not followed, since nothing is looked up in a module."""
        if (module, name) not in ADMITTED:
            raise RefusedError(repr(f"{module}.{name}"[:200]))
        return ADMITTED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise RefusedError("a persistent id")
