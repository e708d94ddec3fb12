"""Where a run is kept: under the hash of what decides its result, so that it is found, and made once."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from hwbench_mo import InputError, Problem, Trajectory
from hwbench_mo.files import write_whole


def path_of(out: Path, config: Mapping[str, Any], problem: Problem, identity: str) -> Path:
    """Where the result of a run goes."""
    return out / problem.name / str(config["optimizer"]["name"]) / f"seed-{config['seed']}-{identity[:12]}.parquet"


def results_in(folder: Path) -> list[Path]:
    """Every result below a folder.

    Raises
    ------
    InputError
        If it is no folder.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one that experiments.run was given as out=…")
    return sorted(folder.rglob("seed-*.parquet"))


def finished(path: Path, identity: str) -> Trajectory | None:
    """The finished run, if it is there, whole and no other. Needs no claim, and changes nothing."""
    found = _read(path, identity) if path.exists() else None
    return found if isinstance(found, Trajectory) else None


def find(path: Path, identity: str) -> Trajectory | None:
    """As `finished`, by the holder of the claim: another file there is set aside under another name, never deleted."""
    if not path.exists():
        return None
    found = _read(path, identity)
    if isinstance(found, Trajectory):
        return found
    number = 0
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    path.rename(aside)
    print(f"warning: set aside as {aside}: {found}", file=sys.stderr)
    return None


def _read(path: Path, identity: str) -> Trajectory | str:
    """The run, or why the file is not it."""
    try:
        found = Trajectory.load(path)
    except InputError as error:
        return str(error).removeprefix(f"{path}: ")
    recorded = found.provenance.get("identity")
    return found if recorded == identity else f"it is another run, {str(recorded)[:12]}"


def keep(trajectory: Trajectory, path: Path, identity: str) -> None:
    """Write a finished run, whole or not at all, and forget that it failed before."""
    replace(trajectory, provenance={**trajectory.provenance, "identity": identity}).save(path)
    _note_of(path).unlink(missing_ok=True)


def note_failure(path: Path, why: str, status: int) -> None:
    """Keep why a run failed and the exit status for it; on a full disk the note is lost, without a word."""
    with suppress(OSError):
        write_whole(_note_of(path), json.dumps({"why": why, "status": status}) + "\n")


def failure(path: Path) -> tuple[str, int] | None:
    """Why a run failed, and the exit status for it, if it did."""
    try:
        note = json.loads(_note_of(path).read_text())
        return str(note["why"]), int(note["status"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return "the note on why is broken", 1


def is_finished(path: Path) -> bool:
    """Whether a result is there, by the end of its file, which is written last: fast enough for thousands of runs."""
    from hwbench_mo.simulation import parquet

    try:
        return bool(parquet.facts_of(parquet.read_schema(path), path))
    except (InputError, ValueError):
        return False


def is_claimed(path: Path) -> bool:
    """Whether some process makes the run now."""
    lock = _lock_of(path)
    if not Path(lock.lock_file).exists():
        return False
    try:
        with lock.acquire():
            return False
    except Timeout:
        return True


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process may make the run. A process that makes it holds a lock, until it ends or is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        claim = _lock_of(path).acquire()
    except Timeout:
        yield False
        return
    with claim:
        try:
            yield True
        finally:  # The lock is unlinked while held: waiters time out, newcomers find the finished run.
            Path(claim.lock.lock_file).unlink(missing_ok=True)


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.parent / f".{path.name}.lock", blocking=False)


def _note_of(path: Path) -> Path:
    return path.with_suffix(".failed")
