"""Where a run is kept: under the hash of what decides its result, so that it is found, and made once."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from experiments._adapters import DISTRIBUTIONS, library_of
from hwbench_mo import InputError, Optimizer, Problem, Trajectory, __version__
from hwbench_mo.simulation.trajectory import provenance


def versions_of(optimizer: Optimizer) -> dict[str, str]:
    """Of everything that decides what an optimizer proposes."""
    library = library_of(type(optimizer))
    names = ("numpy", *(DISTRIBUTIONS[library] if library else ()))
    return {"hwbench_mo": __version__, **{name: version(name) for name in names}}


def identity_of(config: Mapping[str, Any], problem: Problem, versions: Mapping[str, str]) -> str:
    """The hash of what decides the result of a run: its settings, what answers it, and the versions of what runs it.

    ``config`` is resolved, without what cannot change the result, such as where it goes.
    """
    facts = provenance(problem)
    table = facts["table"] and {key: value for key, value in facts["table"].items() if key != "folder"}
    answers = {"artifact": facts["artifact_sha256"], "space": facts["space"], "table": table}
    settings = json.loads(json.dumps(config))
    if table:
        settings["problem"].pop("table", None)  # a path; what lies there is in the artifact's hash
    decisive = {"settings": settings, "answers": answers, "versions": dict(versions)}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def find(path: Path, identity: str) -> Trajectory | None:
    """The finished run, if it is there. What lies there instead is set aside under another name, never deleted."""
    if not path.exists():
        return None
    try:
        found = Trajectory.load(path)
        recorded = found.provenance.get("identity")
        if recorded == identity:
            return found
        why = f"it is another run, {str(recorded)[:12]}"
    except InputError as error:
        why = str(error).removeprefix(f"{path}: ")
    number = 0
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    path.rename(aside)
    print(f"warning: set aside as {aside}: {why}", file=sys.stderr)
    return None


def keep(trajectory: Trajectory, path: Path, identity: str) -> None:
    """Write a finished run, whole or not at all, and forget that it failed before."""
    replace(trajectory, provenance={**trajectory.provenance, "identity": identity}).save(path)
    failure_note(path).unlink(missing_ok=True)


def is_finished(path: Path) -> bool:
    """Whether a result is there, by the end of its file, which is written last: fit for thousands of runs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool((pq.read_schema(path).metadata or {}).get(b"hwbench_mo"))
    except (OSError, pa.ArrowException):
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


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.parent / f".{path.name}.lock", blocking=False)


def failure_note(path: Path) -> Path:
    """Where it is said why a run failed."""
    return path.with_suffix(".failed")


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process may make the run; another one that makes it holds a lock, until it ends or is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        claim = _lock_of(path).acquire()
    except Timeout:
        yield False
        return
    with claim:
        try:
            yield True
        finally:  # while it is held: who opened it before is refused, who comes later makes another, and finds the run
            Path(claim.lock.lock_file).unlink(missing_ok=True)
