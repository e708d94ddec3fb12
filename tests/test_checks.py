"""Checks of arguments: what passes, and what is refused with the name, the value and the rule."""

from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.checks import (
    check_count,
    check_flag,
    check_generator,
    check_numbers,
    check_repeats,
    check_seed,
    check_size,
)


@pytest.mark.parametrize("value", [1, 7, np.int32(3), np.uint8(200)])
def test_counts_pass(value: Any) -> None:
    check_count("budget", value)
    check_size("n", value)
    check_seed(value)


def test_nothing_is_a_size_and_a_seed_but_no_count() -> None:
    check_size("n", 0)
    check_seed(0)
    with pytest.raises(InputError, match="budget is 0, but must be at least 1"):
        check_count("budget", 0)


@pytest.mark.parametrize("value", [True, np.True_, 1.0, "1", None, [1]])
def test_what_is_no_integer_is_refused(value: Any) -> None:
    for refuse in (check_count, check_size):
        with pytest.raises(TypeError, match=r"^budget is .*, but must be an integer$"):
            refuse("budget", value)
    with pytest.raises(InputError, match=r"^seed is .*, but must be an integer from 0$"):
        check_seed(value)


def test_what_is_negative_is_refused() -> None:
    with pytest.raises(InputError, match="budget is -1, but must be at least 1"):
        check_count("budget", -1)
    with pytest.raises(InputError, match="n is -1, but must be at least 0"):
        check_size("n", -1)
    with pytest.raises(InputError, match="seed is -1, but must be an integer from 0"):
        check_seed(-1)


def test_flags_are_true_or_false() -> None:
    check_flag("synchronous", True)
    check_flag("synchronous", False)
    for value in (1, 0, "true", None):
        with pytest.raises(TypeError, match=f"^synchronous is {value!r}, but must be true or false$"):
            check_flag("synchronous", value)


def test_generators_are_numpys() -> None:
    check_generator(np.random.default_rng(0))
    for value in (0, np.random.RandomState(0)):
        with pytest.raises(TypeError, match=r"but must be a generator, such as numpy\.random\.default_rng\(0\)"):
            check_generator(value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1j], "values have type complex128, but must be real numbers"),
        (["1"], "values have type <U1"),
        ([None], "values have type object"),
        ([[1.0], [1.0, 2.0]], "values have rows of unequal length"),
        (np.ma.masked_array([1.0], mask=[True]), "values are a masked array"),
    ],
)
def test_what_is_no_number_is_refused(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_numbers("values", values)


def test_numbers_come_back_as_floats_and_without_a_copy() -> None:
    for kind in (np.int8, np.uint64, np.float32, np.bool_):
        assert check_numbers("values", np.ones(3, dtype=kind)).dtype == np.float64
    given = np.ones((2, 2))
    assert check_numbers("values", given) is given


def test_repeats_are_one_number_or_one_for_each() -> None:
    assert check_repeats(10, 3).tolist() == 10
    assert check_repeats((1, 2, 3), 3).tolist() == [1, 2, 3]
    assert check_repeats(np.array([4, 4], dtype=np.uint8), 2).dtype == np.int64
    for wrong, message in ((0, "repeats are 0"), ([1, 11], "repeats are 11"), ([1], "one for each of 2"), (1.0, "one")):
        with pytest.raises(InputError, match=message):
            check_repeats(wrong, 2)
