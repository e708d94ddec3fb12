"""What became of the runs of a sweep, as the disk has it: for those that other processes were to make."""

from dataclasses import dataclass
from pathlib import Path

from experiments.sweeps.claims import is_claimed
from experiments.sweeps.plan import Plan
from experiments.sweeps.store import failure, is_finished


@dataclass(frozen=True)
class Failure:
    """Of one run."""

    label: str
    """The overrides that make the run."""
    why: str
    status: int
    """Exit status of the process: 2 for a user's mistake, 1 otherwise."""

    def __str__(self) -> str:
        return f"{self.label}: {self.why}"


def unfinished(plan: Plan) -> list[Failure]:
    """The runs of a sweep that are not there, and why."""
    found = []
    for run in plan.runs:
        if run.path is None:
            found.append(Failure(run.label, run.why, 2))
        elif not is_finished(run.path, run.identity):
            found.append(Failure(run.label, *(failure(run.path) or _lost(run.path))))
    return found


def _lost(path: Path) -> tuple[str, int]:
    if is_claimed(path):
        return "another process is still at it", 1
    return "its process ended before it was done; the same command makes it", 1


class Tally:
    """Counts the runs of a plan that are done; asks the disk only about the others."""

    def __init__(self, plan: Plan) -> None:
        self._open = [(run.path, run.identity) for run in plan.runs if run.path is not None]
        self._n_done = 0

    def __call__(self) -> int:
        still = [run for run in self._open if not is_finished(*run)]
        self._n_done += len(self._open) - len(still)
        self._open = still
        return self._n_done
