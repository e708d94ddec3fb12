"""Compares every run below a folder: a table of hypervolume regret and, for each problem, two pictures.

    python -m experiments.compare outputs

Writes ``regret.csv``, ``{problem}-hypervolume.png`` and ``{problem}-fronts.png`` into the folder, or into ``--to``.
Of a data set that ``experiments.collect`` made of runs, they go into a folder beside it, ``{its name}-compared``.
"""

import argparse
import sys
from pathlib import Path

from experiments.reports.pictures import plot_fronts, plot_hypervolume
from hwbench_mo import InputError
from hwbench_mo.assessment.comparison import Comparison, compare
from hwbench_mo.assessment.runs import read_runs
from hwbench_mo.assessment.tables import as_text, regret_table
from hwbench_mo.errors import report
from hwbench_mo.plotting import save_picture
from hwbench_mo.simulation.dataset import parts


def write_report(comparisons: list[Comparison], folder: Path) -> list[Path]:
    """Write the table and the pictures, and say where. They are made of the runs, and replaced when made again."""
    folder.mkdir(parents=True, exist_ok=True)
    table = regret_table(comparisons)
    table_path = folder / "regret.csv"
    table.to_csv(table_path, index=False)
    print(as_text(table), end="\n\n")
    written = [table_path]
    names = [comparison.problem.name for comparison in comparisons]
    for position, comparison in enumerate(comparisons):
        # Problems of one name differ in noise or artifact.
        name = names[position] if names.count(names[position]) == 1 else f"{names[position]}-{position}"
        written.append(folder / f"{name}-hypervolume.png")
        save_picture(plot_hypervolume(comparison), written[-1], dpi=150)
        if len(comparison.problem.objectives) > 1:
            written.append(folder / f"{name}-fronts.png")
            save_picture(plot_fronts(comparison), written[-1], dpi=150)
    return written


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m experiments.compare", description="Compare runs.")
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth, or their data set")
    parser.add_argument("--to", type=Path, help="folder for the table and the pictures; by default where the runs are")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if parts(folder):  # others read all that lies in a data set as Parquet
        folder = folder.resolve().with_name(f"{folder.resolve().name}-compared")
    target = options.to or folder
    try:
        written = write_report(compare(read_runs(options.folder)), target)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}; name another with --to"))
    print("written:", *written, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
