"""Compares every run below a folder: tables of indicators and statistics and, for each problem, two pictures.

    python -m experiments.compare outputs

Prints who is best on each problem and who is not significantly worse, ranks across problems, and whether the winner
stays the winner if the analysis is varied: docs/comparing.md says how to read them. Into the folder, or into
``--to``, go ``regret.csv``; ``tables/``, every table as CSV, Markdown and LaTeX, and ``tables/curves.parquet``, a row
a run and checkpoint; ``{problem}-hypervolume.png`` and ``{problem}-fronts.png``. Of a data set that
``experiments.collect`` made of runs, they go into a folder beside it, ``{its name}-compared``.

``--baselines`` sets the seventeen optimizers of the study beside those that ran, without running them:
docs/comparing.md says on which problems.

A file that is no run, and a run that cannot be judged here, are named and left out, and the exit status is then 1; it
is 2 for a user's mistake.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from experiments.reports.pictures import plot_fronts, plot_hypervolume
from experiments.reports.text import printable
from experiments.sweeps.remarks import remark_on
from hwbench_mo import InputError, Trajectory
from hwbench_mo.assessment import Comparison, compare, iterate_runs, regret_table
from hwbench_mo.assessment.baselines import SHIPPED, load_baselines
from hwbench_mo.assessment.curves_table import indicators_table, write_curves
from hwbench_mo.assessment.indicators import FEW, INDICATORS
from hwbench_mo.assessment.pairs_table import pairs_table
from hwbench_mo.assessment.ranks_table import ranks_table
from hwbench_mo.assessment.robustness import robustness_table
from hwbench_mo.assessment.runs import CURVES, TABLES, about_how_many
from hwbench_mo.assessment.runtime import runtime_table
from hwbench_mo.assessment.standings import standings_table
from hwbench_mo.assessment.table import Table, as_latex, as_markdown, as_text
from hwbench_mo.errors import report
from hwbench_mo.files import file_name, write_whole
from hwbench_mo.plotting import save_picture
from hwbench_mo.simulation.dataset import parts

FORMS = {"csv": lambda table: table.data.to_csv(index=False), "md": as_markdown, "tex": as_latex}
"""Every table is written in each of them."""
MANY = 10_000
"""Runs beyond which only the regret is computed, unless asked for more."""
PRINTED = ("standings", "ranks", "robustness")
"""Tables that are printed; the others are as long as there are pairs and indicators."""


class Counted:
    """Counts the runs that pass."""

    def __init__(self, runs: Iterable[Trajectory]) -> None:
        self._runs, self.n = runs, 0

    def __iter__(self) -> Iterator[Trajectory]:
        for run in self._runs:
            self.n += 1
            yield run


def tables_of(comparisons: Sequence[Comparison]) -> list[Table]:
    """All tables, the main one first."""
    found = [standings_table(comparisons), indicators_table(comparisons), pairs_table(comparisons)]
    return [*found, ranks_table(comparisons), robustness_table(comparisons)]


def write_tables(comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Print the tables and write them in all forms. They are made of the runs, and replaced when made again."""
    remarks = [remark_on(group.config) for one in comparisons for group in one.groups]
    written = [folder / "regret.csv"]
    write_whole(written[0], regret_table(comparisons).assign(remark=remarks).to_csv(index=False))
    for position, table in enumerate(tables_of(comparisons)):
        if table.name in PRINTED:
            text = as_text(table)
            text += "".join(f"\nwarning: {remark}" for remark in dict.fromkeys(remarks) if remark and position == 0)
            print("\n".join(map(printable, text.split("\n"))), end="\n\n")
        for suffix, form in FORMS.items():
            write_whole(folder / TABLES / f"{table.name}.{suffix}", form(table))
        written.append(folder / TABLES / f"{table.name}.{{{','.join(FORMS)}}}")
    written += [folder / TABLES / "runtimes.csv", folder / TABLES / CURVES]
    write_whole(written[-2], runtime_table(comparisons).to_csv(index=False))
    write_curves(comparisons, written[-1])
    return written


def write_pictures(comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Two pictures a problem."""
    written = []
    names = [comparison.problem.name for comparison in comparisons]
    for position, comparison in enumerate(comparisons):
        # Problems of one name differ in noise or artifact.
        name = names[position] if names.count(names[position]) == 1 else f"{names[position]}-{position}"
        written.append(folder / f"{file_name(name)}-hypervolume.png")
        save_picture(plot_hypervolume(comparison), written[-1], dpi=150)
        if len(comparison.problem.objectives) > 1:
            written.append(folder / f"{file_name(name)}-fronts.png")
            save_picture(plot_fronts(comparison), written[-1], dpi=150)
    return written


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m experiments.compare", description="Compare runs.")
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth, or their data set")
    parser.add_argument("--to", type=Path, help="folder for the table and the pictures; by default where the runs are")
    parser.add_argument("--devices", type=Path, nargs="+", help="device tables, if they are not where they were")
    parser.add_argument("--budget", type=int, help="compare after so many evaluations, if runs go on longer")
    parser.add_argument(
        "--baselines",
        type=Path,
        nargs="?",
        const=SHIPPED,
        metavar="FILE",
        help="also compare with the optimizers of the study, whose curves ship, or with those of another such file",
    )
    parser.add_argument(
        "--all-indicators",
        action="store_true",
        help=f"also of more than {MANY} runs, of which by default only regret is computed: about 2 ms a run more",
    )
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if parts(folder):  # others read all that lies in a data set as Parquet
        folder = folder.resolve().with_name(f"{folder.resolve().name}-compared")
    target = options.to or folder
    unread: list[str] = []
    unjudged: list[str] = []
    try:
        names = INDICATORS if options.all_indicators or about_how_many(options.folder) <= MANY else FEW
        runs = Counted(iterate_runs(options.folder, left_out=unread))
        baselines = load_baselines(options.baselines) if options.baselines else False
        comparisons = compare(
            runs,
            devices=options.devices,
            left_out=unjudged,
            indicators=tuple(names),
            budget=options.budget,
            baselines=baselines,
        )
        if not comparisons:
            raise InputError(f"no run can be judged: {unjudged[-1]}")
        written = [*write_tables(comparisons, target), *write_pictures(comparisons, target)]
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}; name another with --to"))
    print("written:", *written, sep="\n  ")
    if len(names) < len(INDICATORS):
        print(f"of more than {MANY} runs, only these indicators: {', '.join(names)}; all with --all-indicators")
    n_counted = sum(len(group.runs) for one in comparisons for group in one.groups if not group.is_baseline)
    if n_copies := runs.n - n_counted - len(unjudged):
        print(f"{n_copies} files are copies of others, and count once")
    for why in [*unread, *unjudged]:
        print(f"left out: {printable(why)}", file=sys.stderr)
    return int(bool(unread or unjudged))


if __name__ == "__main__":
    sys.exit(main())
