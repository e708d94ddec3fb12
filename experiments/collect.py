"""Merges the runs below a folder into one Parquet data set, which whatever reads hive-partitioned Parquet reads.

    python -m experiments.collect outputs --to everything

``pandas.read_parquet("everything")`` has a row an evaluation: ``problem`` and ``optimizer``, by which the data set is
partitioned; ``run`` (the hash of what decides the result), ``seed``, ``evaluation`` (from 0), ``finish_time`` and
whatever else runs keep; a column of each objective (null in runs of other ones) and a ``centre:`` one where a run is
noisy; ``code`` (choice indices); and as JSON ``objectives``, ``config`` and ``provenance``. ``experiments.compare``
takes it instead of the folder of runs.

The data set appears whole or not at all, and is never replaced. A broken file is named and left out, and the exit
status is then 1; it is 2 for a user's mistake.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from experiments.sweeps.store import results_in
from hwbench_mo import InputError
from hwbench_mo.errors import report
from hwbench_mo.files import new_folder
from hwbench_mo.simulation.dataset import Source, Writer, part_of, schema_of, source_of


def collect(folder: Path, target: Path) -> tuple[int, list[str]]:
    """Write the data set; how many runs it holds, and why files were left out. One batch of runs is in memory.

    A run that is there twice is taken once.

    Raises
    ------
    InputError
        If the folder holds no runs, or the data set is there.
    """
    paths = results_in(folder)
    if not paths:
        raise InputError(f"{folder} holds no runs (seed-*.parquet); make some with python -m experiments.run")
    broken: list[str] = []
    n_runs = 0
    with new_folder(target) as scratch:
        by_partition = _sources(paths, broken)
        schema = schema_of([source for sources in by_partition.values() for source in sources])
        for partition, sources in by_partition.items():
            writer = Writer(part_of(scratch, partition), schema)
            for source in sources:
                try:
                    writer.add(source)
                    n_runs += 1
                except InputError as error:
                    broken.append(str(error))
            writer.close()
        if not n_runs:
            raise InputError(f"{folder} holds no run that can be read: {broken[0]}")
    return n_runs, broken


def _sources(paths: list[Path], broken: list[str]) -> dict[tuple[str, str], list[Source]]:
    by_partition: dict[tuple[str, str], list[Source]] = defaultdict(list)
    seen: set[str] = set()
    for path in paths:
        try:
            source = source_of(path)
        except InputError as error:
            broken.append(str(error))
            continue
        if source.run not in seen:
            seen.add(source.run)
            by_partition[source.partition].append(source)
    if not by_partition:
        raise InputError(f"no run can be read: {broken[0]}")
    return by_partition


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m experiments.collect", description="Merge runs into a data set.")
    parser.add_argument("folder", type=Path, help="where the runs are, at any depth")
    parser.add_argument("--to", type=Path, help="the data set, a new folder; by default collected/ beside the runs")
    options = parser.parse_args(arguments)
    target = options.to or options.folder / "collected"
    try:
        n_runs, broken = collect(options.folder, target)
    except InputError as error:
        return report(error)
    except OSError as error:
        return report(InputError(f"{target}: cannot be written: {error.strerror or error}"))
    for why in broken:
        print(f"left out: {why}", file=sys.stderr)
    print(f"{n_runs} runs: {target}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
