"""The identity of a function: a hash of its source and of everything that the source names.

Comments, docstrings and formatting do not count. Values that a function closes over, its defaults and the globals that
it reads count, and so do functions and classes beside it. Functions of other packages count by name: their versions
tell more than their sources.
"""

import ast
import dis
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError

PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)


def hash_of_function(function: Callable[..., Any]) -> str:
    """The sha256 of what decides a function's answers.

    Raises
    ------
    InputError
        If its source cannot be read, as for code that was typed into a plain interpreter; or if it uses a value that
        has no content to hash, such as an open file.

    Examples
    --------
    >>> def scaled(factor):
    ...     return lambda x: factor * x
    >>> [hash_of_function(scaled(2)) == hash_of_function(scaled(factor)) for factor in (2, 3)]
    [True, False]
    """
    home = str(getattr(inspect.unwrap(function), "__module__", "")).partition(".")[0]
    digest = hashlib.sha256()
    for part in _Reader(home).parts("the function", function):
        digest.update(part)
    return digest.hexdigest()


class _Reader:
    """Reads a function and what it uses, each once."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._seen: dict[int, object] = {}

    def parts(self, name: str, value: object) -> Iterator[bytes]:
        """All that counts of a value that is used under a name."""
        yield f"{name}:".encode()
        if isinstance(value, PLAIN):
            yield f"{type(value).__name__} {value!r}".encode()
        elif isinstance(value, ModuleType):
            yield f"module {value.__name__}".encode()
        elif id(value) in self._seen:
            yield b"again"
        else:
            self._seen[id(value)] = value  # kept, so that no other value gets its id
            yield from self._compound(name, value)

    def _compound(self, name: str, value: object) -> Iterator[bytes]:
        if isinstance(value, np.ndarray) and value.dtype != object:
            yield f"array {value.dtype} {value.shape}".encode()
            yield np.ascontiguousarray(value).tobytes()
        elif isinstance(value, tuple | list):
            yield f"{type(value).__name__} {len(value)}".encode()
            for place, one in enumerate(value):
                yield from self.parts(f"{name}[{place}]", one)
        elif isinstance(value, set | frozenset) and all(isinstance(one, PLAIN) for one in value):
            yield f"{type(value).__name__} {sorted(map(repr, value))}".encode()
        elif isinstance(value, Mapping):
            yield f"mapping {len(value)}".encode()
            for key, one in value.items():
                yield from self.parts(f"{name}[{key!r}]", one)
        elif isinstance(value, partial):
            yield from self.parts(f"{name}.func", value.func)
            yield from self.parts(f"{name}.args", value.args)
            yield from self.parts(f"{name}.keywords", value.keywords)
        elif isinstance(value, MethodType):
            yield from self.parts(f"{name}.__self__", value.__self__)
            yield from self.parts(f"{name}.__func__", value.__func__)
        elif self._is_foreign(value):
            yield f"of another package: {_qualified(value)}".encode()
        elif isinstance(value, FunctionType):
            yield from self._function(name, value)
        elif isinstance(value, type):
            yield _source(name, value)
        elif hasattr(value, "__dict__") and type(value).__module__.partition(".")[0] == self._home:
            yield _source(name, type(value))
            yield from self.parts(f"{name}.__dict__", dict(sorted(vars(value).items())))
        else:
            raise InputError(f"{name} is {_short(value)}, by which a function cannot be known")

    def _is_foreign(self, value: object) -> bool:
        """Whether a function or class is of another package, which can be imported."""
        if isinstance(value, BuiltinFunctionType | np.ufunc):
            return True
        if not isinstance(value, FunctionType | type):
            return False
        return str(value.__module__).partition(".")[0] not in (self._home, "__main__")

    def _function(self, name: str, function: FunctionType) -> Iterator[bytes]:
        yield _source(name, function)
        yield from self.parts(f"{name}.__defaults__", function.__defaults__)
        yield from self.parts(f"{name}.__kwdefaults__", function.__kwdefaults__)
        free = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for variable, cell in free:
            try:
                held = cell.cell_contents
            except ValueError:
                raise InputError(f"{variable} in {name} has no value yet") from None
            yield from self.parts(variable, held)
        for variable in sorted(_globals_of(function.__code__)):
            if variable in function.__globals__:
                yield from self.parts(variable, function.__globals__[variable])


def _globals_of(code: CodeType) -> set[str]:
    """Names of globals that code reads, and code within it."""
    found = {str(one.argval) for one in dis.get_instructions(code) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _globals_of(constant)
    return found


def _source(name: str, value: FunctionType | type) -> bytes:
    """Its syntax tree as text; where a lambda's lines are no statement of their own, the lines."""
    try:
        lines = textwrap.dedent(inspect.getsource(value))
    except (OSError, TypeError):
        raise InputError(f"the source of {name} ({_qualified(value)}) is not found") from None
    try:
        tree = ast.parse(lines)
    except SyntaxError:
        return " ".join(lines.split()).encode()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            constant = body[0].value
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                del body[0]
    return ast.dump(tree).encode()


def _qualified(value: object) -> str:
    return f"{getattr(value, '__module__', None)}.{getattr(value, '__qualname__', getattr(value, '__name__', value))}"


def _short(value: object) -> str:
    text = repr(value)
    return f"{text[:60]}…, a {type(value).__name__}" if len(text) > 60 else f"{text}, a {type(value).__name__}"
