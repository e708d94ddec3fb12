"""Pictures for papers: of comparisons, a module a kind, and of replays on measured rows.

All take a `Page`, which says how wide they are printed, and are drawn and saved within ``page.styled()``; `files`
writes those of a comparison.
"""

from experiments.reports.pictures.critical_difference import plot_critical_difference
from experiments.reports.pictures.curves import plot_hypervolume
from experiments.reports.pictures.difference import plot_difference
from experiments.reports.pictures.files import Wish, check_wish, write_pictures
from experiments.reports.pictures.fronts import plot_fronts
from experiments.reports.pictures.runtimes import plot_runtimes

__all__ = [
    "Wish",
    "check_wish",
    "plot_critical_difference",
    "plot_difference",
    "plot_fronts",
    "plot_hypervolume",
    "plot_runtimes",
    "write_pictures",
]
