"""Makes one HTML page of every run below a folder: who won, where, and how sure that is.

    python -m experiments.report outputs

Writes ``report.html`` into the folder, or to ``--to``: one file with everything in it, which opens in a browser without
a network and can be sent to others. docs/report.md says what is in it. The numbers are those of
``python -m experiments.compare``, which reads and judges the runs in the same way.

A file that is no run, and a run that cannot be judged here, are named and left out, and the exit status is then 1; it
is 2 for a user's mistake.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from experiments.compare import tables_of
from experiments.reports.page.archives import Archives
from experiments.reports.page.document import page_of
from experiments.reports.page.origins import Origins
from experiments.reports.reading import MANY, folder_of_results, read
from experiments.reports.text import printable
from hwbench_mo import InputError, Trajectory
from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.files import write_whole
from hwbench_mo.progress import bars, steps

NAME = "report.html"


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = Parser(
        prog="python -m experiments.report",
        description="Makes one HTML page of every run below a folder: who won, where, and how sure that is.",
        examples=[
            "python -m experiments.report outputs",
            "python -m experiments.report outputs --to report.html --title 'My sweep'",
        ],
        notes="The page needs no network; docs/report.md says what is in it.",
    )
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth, or their data set")
    parser.add_argument("--to", type=Path, metavar="FILE", help=f"file to write (default: {NAME} where the runs are)")
    parser.add_argument("--title", metavar="TEXT", help="what stands above the page (default: the name of the folder)")
    parser.add_argument(
        "--devices", type=Path, nargs="+", metavar="TABLES", help="device tables, if they are not where they were"
    )
    parser.add_argument("--metrics", nargs="+", metavar="MODULE.NAME", help="metrics of your own that runs name")
    parser.add_argument(
        "--all-indicators", action="store_true", help=f"also of more than {MANY} runs, of which by default two are"
    )
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    target: Path = options.to or folder_of_results(folder) / NAME
    archives, origins = Archives(), Origins(options.metrics or ())

    def look(run: Trajectory) -> None:
        archives.look(run)
        origins.look(run)

    try:
        with bars():
            reading = read(
                folder,
                devices=options.devices,
                metrics=metrics_named(options.metrics, place="--metrics"),
                all_indicators=options.all_indicators,
                look=look,
            )
            title = options.title or folder.resolve().name
            when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            tables = tables_of(reading.comparisons)
            with steps("write the page"):
                page = page_of(reading, tables, archives, origins, title=title, when=when)
                write_whole(target, page)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}; name another with --to"))
    print(f"report: {printable(str(target))} ({len(page.encode()) / 1e6:.1f} MB); open it in a browser")
    for why in reading.left_out:
        print(f"left out: {printable(why)}", file=sys.stderr)
    return int(bool(reading.left_out))


if __name__ == "__main__":
    sys.exit(main())
