"""The colour of one optimizer, where a picture needs no more: the same as in all other pictures."""

from hwbench_mo.plotting.style import stem_of, styles_of


def colour_of(optimizer: str, /) -> str:
    """The colour ``#rrggbb`` of an optimizer, with or without settings; the same for good, in any company.

    Where several are drawn, `styles_of` also has dashes and markers, which tell those apart that share a colour.

    >>> colour_of("nsga2"), colour_of("nsga2 (pop_size=20)"), colour_of("random_search")
    ('#0072B2', '#0072B2', '#999999')
    """
    return styles_of([stem_of(optimizer)])[stem_of(optimizer)].colour
