"""Says of the runs below a folder which are done, running, failed, broken, or missing from what its sweeps plan.

    python -m experiments.status outputs
    python -m experiments.status outputs --json

A sweep (``experiments.run -m …``, or ``seeds=…``) notes its plan in the folder. A folder is only looked at: nothing in
it is written, executed or locked, so that it may be somebody else's. Every result is read, and its checksum verified.

The exit status is 0 if everything that was planned is done, 1 if not, 2 for a user's mistake.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
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

State = Literal["done", "running", "failed", "broken", "planned"]


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


def statuses(folder: Path) -> Iterator[Status]:
    """Of every run that a plan of the folder names, or that is there without one. The folder is only looked at.

    Raises
    ------
    InputError
        If the folder is missing.
    """
    results = results_in(folder)
    seen: set[Path] = set()
    for plan in plans_in(folder):
        try:
            runs = read_plan(plan).runs
        except InputError as error:
            yield Status("broken", str(plan), "", str(error))
            continue
        for run in runs:
            if run.path not in seen:
                yield status_of(run)
            if run.path:
                seen.add(run.path)
    for path in results:
        if path not in seen:
            yield status_of(Planned("", path))


def status_of(run: Planned) -> Status:
    """How it stands with one run; of any identity, if no plan says which."""
    if run.path is None:
        return Status("failed", "", run.label, run.why)
    path, is_running = str(run.path), is_claimed(run.path)  # before the file is looked for, which comes after the claim
    if os.path.lexists(run.path):
        found = read(run.path, run.identity or None)
        return Status("broken", path, run.label, found) if isinstance(found, str) else Status("done", path, run.label)
    if is_running:
        return Status("running", path, run.label)
    failed = failure(run.path)
    return Status("failed", path, run.label, failed[0]) if failed else Status("planned", path, run.label)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = Parser(prog="python -m experiments.status", description="State of the runs of a folder.")
    parser.add_argument("folder", type=Path, help="what experiments.run was given as out=…")
    parser.add_argument("--json", action="store_true", help="a JSON object a line, one for each run")
    options = parser.parse_args(arguments)
    try:
        found = list(statuses(options.folder))
    except InputError as error:
        return report(error)
    if options.json:
        for status in found:
            print(json.dumps(asdict(status)))
    else:
        for status in found:
            if status.state != "done":
                named = status.label or status.path
                print(printable(f"{status.state:8} {named}{': ' * bool(status.why)}{status.why}"))
        counts = Counter(status.state for status in found)
        print(f"{len(found)} runs:", ", ".join(f"{counts[state]} {state}" for state in counts) or "none")
    return int(any(status.state != "done" for status in found))


if __name__ == "__main__":
    sys.exit(main())
