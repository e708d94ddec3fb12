"""Public signatures say what they take and give, in the array types that editors show by name."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import hwbench_mo as hb
from hwbench_mo.typing import Codes, Values

CHECKS = ("validate", "canonical", "find", "rows")
"""Of a space: they are given anything, and say what is wrong with it."""


def _signatures() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions, and public methods of public classes that are our own."""
    for name in hb.__all__:
        found = getattr(hb, name)
        if inspect.isfunction(found):
            yield name, found
        elif inspect.isclass(found):
            for member, method in inspect.getmembers(found, inspect.isfunction):
                if not member.startswith("_") and method.__module__.startswith("hwbench_mo"):
                    yield f"{name}.{member}", method


def test_public_functions_are_typed() -> None:
    for name, function in _signatures():
        signature = inspect.signature(function)
        assert signature.return_annotation is not signature.empty, name
        for parameter in list(signature.parameters.values())["." in name :]:
            assert parameter.annotation is not parameter.empty, f"{name}({parameter.name})"
            if parameter.name == "codes" and name.rpartition(".")[2] not in CHECKS:
                assert parameter.annotation == Codes, f"{name}({parameter.name})"
            if parameter.name == "values":
                assert parameter.annotation == Values, f"{name}({parameter.name})"


def test_what_is_checked_is_there() -> None:
    names = {name for name, _ in _signatures()}
    assert names >= {"hypervolume", "simulate", "recommend", "Problem.evaluate", "Benchmark.predict", "knee_points"}
