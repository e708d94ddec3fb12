"""Colours, dashes and markers: a name looks the same in every picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

Dashes = str | tuple[int, tuple[int, ...]]
"""What matplotlib calls a line style."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#999999")
"""Okabe & Ito's, which people with any colour vision tell apart, with a brown and a grey."""
DASHES: tuple[Dashes, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (3, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
"""The marker at one position goes with the dashes at the same position."""
FRONT = "black"
"""The colour of exact fronts."""
GREY = "#666666"
"""The colour of lines that guide the eye."""

OPTIMIZERS = (
    ("nsga2", "moasha"),
    ("nsga3", "ehvi"),
    ("moead", "qlogehvi"),
    ("sms_emoa", "qlognehvi"),
    ("local_search", "spea2", "qlognparego"),
    ("age_moea2", "lsbo"),
    ("morea", "rsbo"),
    ("random_search", "motpe"),
)
"""The optimizers that ship, by the colour that they share; dashes and markers differ within a colour.

Those of one kind, which are compared most often, differ in colour.
"""


@dataclass(frozen=True)
class Style:
    """How the lines and the points of one name look."""

    colour: str
    dashes: Dashes
    marker: str


def styles_of(names: Iterable[str]) -> dict[str, Style]:
    """The style of each optimizer in a picture.

    What stands before " (" decides on the colour: ``nsga2 (pop_size=20)`` has that of ``nsga2``. The optimizers that
    ship have a fixed colour, fixed dashes and a fixed marker. Any other name has the colour that its letters hash to.
    Where two names of a picture would look alike, the later one in alphabetical order takes other dashes.

    Parameters
    ----------
    names
        All that one picture shows.

    Examples
    --------
    >>> found = styles_of(["nsga2 (pop_size=20)", "nsga2 (pop_size=50)", "local_search"])
    >>> [(style.colour, style.dashes, style.marker) for style in found.values()]
    [('#E69F00', '-', 'o'), ('#0072B2', '-', 'o'), ('#0072B2', '-.', '^')]
    """
    homes = {name: (colour, place) for colour, family in enumerate(OPTIMIZERS) for place, name in enumerate(family)}
    reserved = set(homes.values())
    taken: set[tuple[int, int]] = set()
    styles = {}

    def order(name: str) -> tuple[bool, str]:
        return stem_of(name) not in homes, name

    for name in sorted(set(names), key=order):
        stem = stem_of(name)
        colour, place = homes.get(stem, (crc32(stem.encode()) % len(COLOURS), len(DASHES)))
        if place == len(DASHES) or (colour, place) in taken:
            places = [(colour, one) for one in range(len(DASHES))]
            _, _, (_, place) = min((one in taken, one in reserved, one) for one in places)
        taken.add((colour, place))
        styles[name] = Style(COLOURS[colour], DASHES[place], MARKERS[place])
    return styles


def stem_of(name: str) -> str:
    """The optimizer's name without its settings.

    >>> stem_of("nsga2 (pop_size=20)")
    'nsga2'
    """
    return name.partition(" (")[0]
