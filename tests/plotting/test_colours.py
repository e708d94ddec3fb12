"""One colour an optimizer."""

from hwbench_mo.plotting import colour_of, styles_of
from hwbench_mo.plotting.style import OPTIMIZERS

SHIPPED = [name for family in OPTIMIZERS for name in family]


def test_the_colour_is_that_of_every_picture() -> None:
    every = styles_of([*SHIPPED, "mine"])
    assert {name: colour_of(name) for name in every} == {name: style.colour for name, style in every.items()}
    assert colour_of("morea (pop_size=7)") == colour_of("morea")
