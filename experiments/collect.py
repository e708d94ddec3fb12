"""Merges the runs below a folder into one Parquet data set, which whatever reads hive-partitioned Parquet reads.

    python -m experiments.collect outputs --to everything

``pandas.read_parquet("everything")`` has a row an evaluation: ``problem`` and ``optimizer``, by which the data set is
partitioned; ``run`` (the hash of what decides the result), ``seed``, ``evaluation`` (from 0), ``finish_time``,
``optimizer_seconds`` and whatever else runs keep; a column of each objective (null in runs of other ones) and a
``centre:`` one where a run is noisy; ``code`` (choice indices); and as JSON ``objectives``, ``config`` and
``provenance``. ``experiments.compare`` takes it instead of the folder of runs.

The data set appears whole or not at all, and is never replaced. A broken file is named and left out, and the exit
status is then 1; it is 2 for a user's mistake.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from experiments.reports.text import printable
from experiments.sweeps.store import results_in
from hwbench_mo import InputError
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.files import new_folder
from hwbench_mo.progress import Steps, bars, steps
from hwbench_mo.simulation.dataset import Source, Writer, part_of, schema_of, source_of


@dataclass
class Collected:
    """What became of the files of a folder."""

    n_runs: int = 0
    n_copies: int = 0
    left_out: list[str] = field(default_factory=list)
    """Why, in a line for each file."""


def collect(folder: Path, target: Path) -> Collected:
    """Write the data set. One batch of runs is in memory. Copies of a run count once.

    Raises
    ------
    InputError
        If the folder holds no runs, two different results claim to be of one run, or the data set is there.
    """
    paths = results_in(folder)
    if not paths:
        raise InputError(f"{folder} holds no runs (seed-*.parquet); make some with python -m experiments.run")
    collected = Collected()
    with new_folder(target) as scratch, steps("merge", 2 * len(paths), unit="file") as done:
        by_partition = _sources(paths, collected, done)
        schema = schema_of([source for sources in by_partition.values() for source in sources])
        for partition, sources in by_partition.items():
            writer = Writer(part_of(scratch, partition), schema)
            for source in sources:
                done()
                try:
                    writer.add(source)
                    collected.n_runs += 1
                except InputError as error:
                    collected.left_out.append(str(error))
            writer.close()
        if not collected.n_runs:
            raise InputError(f"{folder} holds no run that can be read: {collected.left_out[0]}")
    return collected


def _sources(paths: list[Path], collected: Collected, done: Steps) -> dict[tuple[str, str], list[Source]]:
    by_partition: dict[tuple[str, str], list[Source]] = defaultdict(list)
    seen: dict[str, Source] = {}
    for path in paths:
        done()
        try:
            source = source_of(path)
        except InputError as error:
            collected.left_out.append(str(error))
            continue
        other = seen.setdefault(source.run, source)
        if other is source:
            by_partition[source.partition].append(source)
        elif other.sha256 == source.sha256:
            collected.n_copies += 1
        else:
            raise InputError(f"{path} and {other.path} are different, but claim to be one run: delete the wrong one")
    if not by_partition:
        raise InputError(f"no run can be read: {collected.left_out[0]}")
    return by_partition


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = Parser(
        prog="python -m experiments.collect",
        description="Merges the runs below a folder into one Parquet data set, partitioned by problem and optimizer.",
        examples=["python -m experiments.collect outputs --to everything"],
        notes='Read it with pandas.read_parquet("everything"), DuckDB or Polars; experiments.compare takes it, too.',
    )
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth")
    parser.add_argument("--to", type=Path, help="the data set, a new folder (default: collected/ beside the runs)")
    options = parser.parse_args(arguments)
    target = options.to or options.folder / "collected"
    try:
        with bars():
            collected = collect(options.folder, target)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}"))
    for why in collected.left_out:
        print(f"left out: {printable(why)}", file=sys.stderr)
    print(f"{collected.n_runs} runs: {target}")
    if collected.n_copies:
        print(f"{collected.n_copies} files are copies of others, and count once")
    return int(bool(collected.left_out))


if __name__ == "__main__":
    sys.exit(main())
