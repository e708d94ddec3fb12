"""Compares every run below a folder: a table of hypervolume regret and, for each problem, two pictures.

    python -m experiments.compare outputs

Writes ``regret.csv``, ``{problem}-hypervolume.png`` and ``{problem}-fronts.png`` into the folder, or into ``--to``.
Of a data set that ``experiments.collect`` made of runs, they go into a folder beside it, ``{its name}-compared``.

A file that is no run, and a run that cannot be judged here, are named and left out, and the exit status is then 1; it
is 2 for a user's mistake.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.reports.pictures import plot_fronts, plot_hypervolume
from experiments.reports.text import printable
from experiments.sweeps.remarks import remark_on
from hwbench_mo import InputError, Trajectory
from hwbench_mo.assessment import Comparison, compare, distinct, read_runs, regret_table
from hwbench_mo.assessment.tables import as_text
from hwbench_mo.errors import report
from hwbench_mo.files import file_name, write_whole
from hwbench_mo.plotting import save_picture
from hwbench_mo.simulation.dataset import parts


def compare_readable(
    runs: Sequence[Trajectory], left_out: list[str], devices: Sequence[Path] | None = None
) -> list[Comparison]:
    """The comparisons of those runs that can be judged; why others cannot is added to ``left_out``.

    Raises
    ------
    InputError
        If none is left, or two different results claim to be of one run.
    """
    try:
        return compare(runs, devices=devices)
    except InputError:
        judged = [run for run in distinct(runs) if _can_be_judged(run, left_out, devices)]
    if not judged:
        raise InputError(f"no run can be judged: {left_out[-1]}")
    return compare(judged, devices=devices)


def _can_be_judged(run: Trajectory, left_out: list[str], devices: Sequence[Path] | None) -> bool:
    try:
        compare([run], devices=devices)
    except InputError as error:
        left_out.append(
            f"the run {str(run.provenance.get('identity'))[:12]} with seed {run.config.get('seed')}: {error}"
        )
        return False
    return True


def write_report(comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Write the table and the pictures, and say where. They are made of the runs, and replaced when made again."""
    table = regret_table(comparisons)
    remarks = [remark_on(group.trajectories[0].config) for one in comparisons for group in one.groups]
    text = as_text(table) + "".join(f"\nwarning: {remark}" for remark in dict.fromkeys(remarks) if remark)
    print("\n".join(map(printable, text.split("\n"))), end="\n\n")
    written = [folder / "regret.csv"]
    write_whole(written[0], table.assign(remark=remarks).to_csv(index=False))
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
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if parts(folder):  # others read all that lies in a data set as Parquet
        folder = folder.resolve().with_name(f"{folder.resolve().name}-compared")
    target = options.to or folder
    left_out: list[str] = []
    try:
        runs = read_runs(options.folder, left_out=left_out)
        n_unread = len(left_out)
        comparisons = compare_readable(runs, left_out, options.devices)
        written = write_report(comparisons, target)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}; name another with --to"))
    print("written:", *written, sep="\n  ")
    n_counted = sum(len(group.trajectories) for one in comparisons for group in one.groups)
    if n_copies := len(runs) - n_counted - (len(left_out) - n_unread):
        print(f"{n_copies} files are copies of others, and count once")
    for why in left_out:
        print(f"left out: {printable(why)}", file=sys.stderr)
    return int(bool(left_out))


if __name__ == "__main__":
    sys.exit(main())
