"""Compares every run below a folder: tables of indicators and statistics, and pictures.

    python -m experiments.compare outputs --format pdf --width 3.3in

Prints who is best on each problem and who is not significantly worse, ranks across problems, and whether the winner
stays the winner if the analysis is varied: docs/comparing.md says how to read them. Into the folder, or into
``--to``, go ``regret.csv``; ``tables/``, every table as CSV, Markdown and LaTeX, and ``tables/curves.parquet``, a row
a run and checkpoint; and pictures, as PNG and in the forms of ``--format``: ``{problem}-hypervolume`` and
``{problem}-fronts``, ``runtimes`` and ``critical-difference-{scope}``. ``--against`` draws curves and runtimes on
simulated hours or the optimizer's own seconds, ``--difference A B`` where A attains more often than B. Of a data set
that ``experiments.collect`` made of runs, all goes into a folder beside it, ``{its name}-compared``.

``--metrics my_package.kv_cache`` names the metrics of your own that runs were made with: docs/own_metric.md.

``--baselines`` sets the seventeen optimizers of the study beside those that ran, without running them:
docs/comparing.md says on which problems.

A file that is no run, and a run that cannot be judged here, are named and left out, and the exit status is then 1; it
is 2 for a user's mistake.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.reports.pictures import Wish, check_wish, write_pictures
from experiments.reports.reading import MANY, folder_of_results, read
from experiments.reports.tables import show_table
from experiments.reports.text import printable
from experiments.sweeps.remarks import remark_on
from hwbench_mo import InputError
from hwbench_mo.assessment import Comparison, regret_table
from hwbench_mo.assessment.baselines import SHIPPED
from hwbench_mo.assessment.curves_table import indicators_table, write_curves
from hwbench_mo.assessment.indicators import INDICATORS
from hwbench_mo.assessment.pairs_table import pairs_table
from hwbench_mo.assessment.ranks_table import ranks_table
from hwbench_mo.assessment.robustness import robustness_table
from hwbench_mo.assessment.runs import CURVES, TABLES
from hwbench_mo.assessment.runtime import AXES, runtime_table
from hwbench_mo.assessment.standings import standings_table
from hwbench_mo.assessment.table import Table, as_latex, as_markdown
from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.files import write_whole
from hwbench_mo.plotting import Page, inches_of
from hwbench_mo.plotting.figure import FORMS as PICTURES
from hwbench_mo.progress import bars, track

FORMS = {"csv": lambda table: table.data.to_csv(index=False), "md": as_markdown, "tex": as_latex}
"""Every table is written in each of them."""
MAKERS = (standings_table, indicators_table, pairs_table, ranks_table, robustness_table)
PRINTED = ("standings", "ranks", "robustness")
"""Tables that are printed; the others are as long as there are pairs and indicators."""


def tables_of(comparisons: Sequence[Comparison]) -> list[Table]:
    """All tables, the main one first."""
    return [make(comparisons) for make in track(MAKERS, "tables", unit="table")]


def write_tables(comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Print the tables and write them in all forms. They are made of the runs, and replaced when made again."""
    remarks = [remark_on(group.config) for one in comparisons for group in one.groups]
    written = [folder / "regret.csv"]
    write_whole(written[0], regret_table(comparisons).assign(remark=remarks).to_csv(index=False))
    for position, table in enumerate(tables_of(comparisons)):
        if table.name in PRINTED:
            show_table(table)
            for remark in dict.fromkeys(remarks) if position == 0 else ():
                if remark:
                    print(printable(f"warning: {remark}"))
            print()
        for suffix, form in FORMS.items():
            write_whole(folder / TABLES / f"{table.name}.{suffix}", form(table))
        written.append(folder / TABLES / f"{table.name}.{{{','.join(FORMS)}}}")
    written += [folder / TABLES / "runtimes.csv", folder / TABLES / CURVES]
    write_whole(written[-2], runtime_table(comparisons).to_csv(index=False))
    write_curves(comparisons, written[-1])
    return written


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = Parser(
        prog="python -m experiments.compare",
        description="Compares the runs below a folder: who is best, how sure that is, tables and pictures.",
        examples=[
            "python -m experiments.compare outputs",
            "python -m experiments.compare outputs --format pdf --width 3.3in",
            "python -m experiments.compare outputs --difference nsga2 random_search",
        ],
        notes="docs/comparing.md says how to read what is printed and written.",
    )
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth, or their data set")
    parser.add_argument("--to", type=Path, help="folder for tables and pictures (default: where the runs are)")
    runs = parser.add_argument_group("what is compared")
    runs.add_argument(
        "--budget",
        type=int,
        metavar="N",
        help="evaluations after which to compare (default: the least budget of each problem)",
    )
    runs.add_argument(
        "--baselines",
        type=Path,
        nargs="?",
        const=SHIPPED,
        metavar="FILE",
        help="also compare with the optimizers of the study, whose curves ship, or with those of another such file",
    )
    runs.add_argument(
        "--all-indicators",
        action="store_true",
        help=f"also of more than {MANY} runs, of which by default only regret is computed: about 2 ms a run more",
    )
    runs.add_argument(
        "--devices", type=Path, nargs="+", metavar="TABLES", help="device tables, if they are not where they were"
    )
    runs.add_argument("--metrics", nargs="+", metavar="MODULE.NAME", help="metrics of your own that runs name")
    pictures = parser.add_argument_group("pictures")
    pictures.add_argument("--format", nargs="+", choices=PICTURES, default=["png"], help="PNG always (default: png)")
    pictures.add_argument("--width", help="in print, such as 3.3in, the column of a paper, or 84mm (default: a screen)")
    pictures.add_argument(
        "--against",
        choices=AXES,
        default="evaluations",
        help="what curves and runtimes are drawn on (default: %(default)s)",
    )
    pictures.add_argument(
        "--difference",
        nargs=2,
        default=(),
        metavar=("A", "B"),
        help="draw where one optimizer attains more than another",
    )
    options = parser.parse_args(arguments)
    target: Path = options.to or folder_of_results(options.folder)
    try:
        wish = Wish(
            page=Page(inches_of(options.width) if options.width else None),
            forms=options.format,
            against=options.against,
            difference=options.difference,
        )
        with bars():
            reading = read(
                options.folder,
                devices=options.devices,
                metrics=metrics_named(options.metrics, place="--metrics"),
                all_indicators=options.all_indicators,
                budget=options.budget,
                baselines=options.baselines,
            )
            check_wish(reading.comparisons, wish)
            written = [*write_tables(reading.comparisons, target), *write_pictures(reading.comparisons, target, wish)]
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}; name another with --to"))
    print("written:", *written, sep="\n  ")
    if len(reading.indicators) < len(INDICATORS):
        few = ", ".join(reading.indicators)
        print(f"of more than {MANY} runs, only these indicators: {few}; all with --all-indicators")
    if reading.n_copies:
        print(f"{reading.n_copies} files are copies of others, and count once")
    for why in reading.left_out:
        print(f"left out: {printable(why)}", file=sys.stderr)
    return int(bool(reading.left_out))


if __name__ == "__main__":
    sys.exit(main())
