"""Widths of pictures in print, and what follows from them."""

import pytest

from hwbench_mo import InputError
from hwbench_mo.plotting import Page, inches_of


def test_widths() -> None:
    assert inches_of("3.3in") == 3.3
    assert inches_of("252pt") == pytest.approx(3.487, abs=0.001)
    assert inches_of(" 17.8 cm ") == pytest.approx(7.008, abs=0.001)


@pytest.mark.parametrize("text", ["3.3", "in", "3,3in", "3.3 feet", "nanin", "-3in", ""])
def test_what_is_no_width(text: str) -> None:
    with pytest.raises(InputError, match="but must be a number with one of in, cm, mm, pt"):
        inches_of(text)


@pytest.mark.parametrize("text", ["2mm", "30in"])
def test_what_letters_do_not_fit(text: str) -> None:
    with pytest.raises(InputError, match=r"must be from 2\.5 to 24 inches"):
        inches_of(text)


def test_one_column_stacks_panels_and_has_letters_that_can_be_read() -> None:
    assert Page(3.3).grid(2) == (2, 1)
    assert Page(7).grid(2) == Page().grid(2) == (1, 2)
    assert all(Page(width).letters * 0.833 >= 6 for width in (2.5, 3.3, 5, 7, 12))
    assert Page(3.3).letters < Page(7).letters < Page().letters
    assert all(len(line) <= 60 for line in Page(3.3).wrapped("a b " * 60).split("\n"))
