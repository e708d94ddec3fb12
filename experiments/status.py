"""Says of the runs below a folder which are done, running, failed, or missing from what its sweeps were to make.

    python -m experiments.status outputs
    python -m experiments.status outputs --json

A sweep (``experiments.run -m …``, or ``seeds=…``) notes its plan in the folder. The exit status is 0 if everything that
was planned is done, 1 if not, 2 for a user's mistake.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from experiments.sweeps.plan import planned
from experiments.sweeps.store import failure, is_claimed, is_finished, results_in
from hwbench_mo import InputError
from hwbench_mo.errors import report

State = Literal["done", "running", "failed", "planned"]


@dataclass(frozen=True)
class Status:
    """One run."""

    state: State
    """``planned`` if nothing has been made of it yet, or what was made of it is broken."""
    path: str
    """Where its result is or will be."""
    label: str
    """The overrides that make it; empty if no plan names it."""
    why: str = ""
    """Of a failed one, the first line."""


def statuses(folder: Path) -> Iterator[Status]:
    """Of every run that a plan of the folder names, or that is there without one.

    Raises
    ------
    InputError
        If the folder is missing, or a plan is broken.
    """
    results = results_in(folder)
    seen: set[Path] = set()
    for run in planned(folder):
        if run.path is None:
            yield Status("failed", "", run.label, run.why)
        elif run.path not in seen:
            seen.add(run.path)
            yield status_of(run.path, run.label)
    for path in results:
        if path not in seen:
            yield status_of(path, "")


def status_of(path: Path, label: str) -> Status:
    """How it stands with one run."""
    if is_finished(path):
        return Status("done", str(path), label)
    if is_claimed(path):
        return Status("running", str(path), label)
    failed = failure(path)
    if failed:
        return Status("failed", str(path), label, failed[0])
    return Status("planned", str(path), label)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m experiments.status", description="State of the runs of a folder.")
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
                print(f"{status.state:8} {status.label or status.path}{': ' * bool(status.why)}{status.why}")
        counts = Counter(status.state for status in found)
        print(f"{len(found)} runs:", ", ".join(f"{counts[state]} {state}" for state in counts) or "none")
    return int(any(status.state != "done" for status in found))


if __name__ == "__main__":
    sys.exit(main())
