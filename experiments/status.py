"""Says of the runs below a folder which are done, running, failed, broken, or missing from what its sweeps plan.

    python -m experiments.status outputs
    python -m experiments.status outputs --json

On a terminal it prints a table, a row for each optimizer on each problem, and names what failed, is broken or runs.
Elsewhere it prints a line for each run that is not done, and the sums; ``--table`` prints the table there, too.

A sweep (``experiments.run -m …``, or ``seeds=…``) notes its plan in the folder. A folder is only looked at: nothing in
it is written, executed or locked, so that it may be somebody else's. Every result is read, and its checksum verified.

The exit status is 0 if everything that was planned is done, 1 if not, 2 for a user's mistake.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from experiments.reports.text import printable
from experiments.sweeps.claims import is_claimed
from experiments.sweeps.plan import Planned, plans_in, read_plan
from experiments.sweeps.store import failure, read, results_in
from hwbench_mo import InputError
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import report
from hwbench_mo.progress import bars, track
from hwbench_mo.terminal import BAD, BUSY, GOOD, NONE, Grid, console, show

State = Literal["done", "running", "failed", "broken", "planned"]
OTHERS: tuple[State, ...] = ("running", "failed", "broken", "planned")
HEADINGS = ("problem", "optimizer", "done", *OTHERS, "sim. h", "own s")
"""Simulated hours are those of the runs' clock; own seconds are those that the optimizer took to suggest."""
STYLES: dict[str, str] = {"running": BUSY, "failed": BAD, "broken": BAD}
"""Of the states that a run is named for below the table."""
MOST_NAMED = 20
"""Runs that are named below the table."""


@dataclass(frozen=True)
class Status:
    """One run, or a plan that cannot be read."""

    state: State
    """``broken``: what is there is not what was written, or another run; the same command makes it again."""
    path: str
    """Where its result is or will be."""
    label: str
    """The overrides that make it; empty if no plan names it."""
    why: str = ""
    """Of one that failed or is broken, in a line."""
    simulated_hours: float = 0.0
    """Until its last evaluation finished; of one that is done."""
    optimizer_seconds: float | None = None
    """That the optimizer itself took; None if that is not known."""


def statuses(folder: Path) -> Iterator[Status]:
    """Of every run that a plan of the folder names, or that is there without one. The folder is only looked at.

    Raises
    ------
    InputError
        If the folder is missing.
    """
    results = results_in(folder)
    entries: list[Planned | Status] = []
    seen: set[Path] = set()
    for plan in plans_in(folder):
        try:
            runs = read_plan(plan).runs
        except InputError as error:
            entries.append(Status("broken", str(plan), "", str(error)))
            continue
        entries += [run for run in runs if run.path not in seen]
        seen |= {run.path for run in runs if run.path}
    entries += [Planned("", path) for path in results if path not in seen]
    for entry in track(entries, "read runs", unit="run"):
        yield entry if isinstance(entry, Status) else status_of(entry)


def status_of(run: Planned) -> Status:
    """How it stands with one run; of any identity, if no plan says which."""
    if run.path is None:
        return Status("failed", "", run.label, run.why)
    path, is_running = str(run.path), is_claimed(run.path)  # before the file is looked for, which comes after the claim
    if os.path.lexists(run.path):
        found = read(run.path, run.identity or None)
        if isinstance(found, str):
            return Status("broken", path, run.label, found)
        hours, seconds = float(found.finish_times[-1]) / 3600, float(found.optimizer_seconds[-1])
        return Status("done", path, run.label, "", hours, seconds if seconds == seconds else None)
    if is_running:
        return Status("running", path, run.label)
    failed = failure(run.path)
    return Status("failed", path, run.label, failed[0]) if failed else Status("planned", path, run.label)


def table_of(found: Sequence[Status], folder: Path) -> Grid:
    """A row for each optimizer on each problem, and the sums."""
    groups: dict[tuple[str, str], list[Status]] = {}
    for status in found:
        groups.setdefault(_place(status, folder), []).append(status)
    rows = [[*place, *_cells(group)] for place, group in sorted(groups.items())]
    sums = ["", "in all", *_cells(found)]
    styles = {}
    for at, row in enumerate(rows):
        styles[at, 2] = GOOD if _is_whole(row[2]) else ""
        styles |= {
            (at, 2 + place): STYLES.get(state, "") for place, state in enumerate(OTHERS, 1) if row[2 + place] != NONE
        }
    return Grid(headings=HEADINGS, rows=rows, left=(0, 1), cell_styles=styles, sums=sums, by_first=True)


def _place(status: Status, folder: Path) -> tuple[str, str]:
    """The problem and the optimizer, by where the result is or will be."""
    if not status.path:
        return "", "cannot be made"
    path = Path(status.path)
    if path.suffix == ".json":
        return "", "unreadable plan"
    inside = path.relative_to(folder).parts if path.is_relative_to(folder) else path.parts
    return printable("/".join(inside[:-2])), printable(inside[-2] if len(inside) > 1 else "")


def _cells(group: Sequence[Status]) -> list[str]:
    counts = Counter(status.state for status in group)
    hours = sum(status.simulated_hours for status in group)
    known = [status.optimizer_seconds for status in group if status.optimizer_seconds is not None]
    return [
        f"{counts['done']} of {len(group)}",
        *(str(counts[state] or NONE) for state in OTHERS),
        f"{hours:,.1f}" if counts["done"] else NONE,
        f"{sum(known):,.1f}" if sum(known) >= 1 else f"{sum(known):.2g}" if known else NONE,
    ]


def _is_whole(cell: str) -> bool:
    done, _, total = cell.partition(" of ")
    return done == total


def _lines(found: Sequence[Status]) -> list[str]:
    return [
        printable(f"{status.state:8} {status.label or status.path}{': ' * bool(status.why)}{status.why}")
        for status in found
    ]


def tell(found: Sequence[Status], folder: Path, *, as_table: bool) -> None:
    """Print how it stands."""
    counts = Counter(status.state for status in found)
    sums = f"{len(found)} runs: {', '.join(f'{counts[state]} {state}' for state in counts) or 'none'}"
    to = console()
    if to is None and not as_table:
        for line in _lines([status for status in found if status.state != "done"]):
            print(line)
    else:
        if found:
            show(table_of(found, folder))
        named = [status for status in found if status.state in STYLES]
        for status, line in zip(named[:MOST_NAMED], _lines(named), strict=False):
            if to is None:
                print(line)
            else:
                to.print(line, style=STYLES[status.state], soft_wrap=True)
        if len(named) > MOST_NAMED:
            print(f"… and {len(named) - MOST_NAMED} more: --json names all")
    print(sums)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = Parser(
        prog="python -m experiments.status",
        description="Says which runs of a folder are done, running, failed, broken or planned, and what they took.",
        examples=["python -m experiments.status outputs", "python -m experiments.status outputs --json"],
    )
    parser.add_argument("folder", type=Path, help="what experiments.run was given as out=…")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON object a line, one for each run")
    form.add_argument("--table", action="store_true", help="print the table where output is no terminal, too")
    options = parser.parse_args(arguments)
    try:
        with bars():
            found = list(statuses(options.folder))
    except InputError as error:
        return report(error)
    if options.json:
        for status in found:
            print(json.dumps(asdict(status)))
    else:
        tell(found, options.folder, as_table=options.table)
    return int(any(status.state != "done" for status in found))


if __name__ == "__main__":
    sys.exit(main())
