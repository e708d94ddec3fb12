"""What a function is known by."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.function_identity import hash_of_function

FACTOR = 2.0


def plain(x: float) -> float:
    """Twice."""
    return FACTOR * x  # a comment


def closing(value: object) -> Callable[[float], object]:
    return lambda x: (x, value)


def with_default(value: float) -> Callable[..., float]:
    def inner(x: float, factor: float = value) -> float:
        return factor * x

    return inner


class Scaled:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, x: float) -> float:
        return self.factor * x


def same(one: Any, other: Any) -> bool:
    return hash_of_function(one) == hash_of_function(other)


@pytest.mark.parametrize(
    "make",
    [
        closing,
        with_default,
        Scaled,
        lambda value: partial(plain, value),
        lambda value: Scaled(value).__call__,
        lambda value: closing({"a": [value, (1, value)]}),
        lambda value: closing(np.array([1.0, value])),
        lambda value: closing(closing(value)),
    ],
)
def test_values_that_a_function_holds_count(make: Callable[[float], Any]) -> None:
    assert same(make(2.0), make(2.0))
    assert not same(make(2.0), make(3.0))


def test_globals_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_of_function(plain)
    monkeypatch.setitem(plain.__globals__, "FACTOR", 3.0)
    assert hash_of_function(plain) != before


def test_comments_and_docstrings_do_not_count(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name, text in (
        ("own_one", "def f(x):\n    return x + 1\n"),
        ("own_two", 'def f(x):\n    """Adds."""\n    # one\n    return x   +   1\n'),
        ("own_three", "def f(x):\n    return x + 2\n"),
    ):
        (tmp_path / f"{name}.py").write_text(text)
    one, two, three = (__import__(name).f for name in ("own_one", "own_two", "own_three"))
    assert same(one, two)
    assert not same(one, three)


def test_functions_of_other_packages_count_by_name() -> None:
    assert same(np.sqrt, np.sqrt)
    assert not same(np.sqrt, np.exp)
    assert not same(closing(len), closing(max))


def test_what_has_no_content_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"value is <object object at .*, a object, by which a function cannot be known"
    ):
        hash_of_function(closing(object()))
    with pytest.raises(InputError, match=r"source of the function \(.*<lambda>\) is not found"):
        hash_of_function(eval("lambda x: x"))
