"""Where a run is kept: under the hash of what decides its result, so that it is found, and made once."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwbench_mo import InputError, Problem, Trajectory
from hwbench_mo.files import file_name, write_whole


def path_of(config: Mapping[str, Any], problem: Problem, identity: str) -> Path:
    """Where the result of a run goes, in the folder of its sweep."""
    return (
        Path(file_name(problem.name))
        / file_name(config["optimizer"]["name"])
        / f"seed-{config['seed']}-{identity[:12]}.parquet"
    )


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
    found = read(path, identity) if path.exists() else None
    return found if isinstance(found, Trajectory) else None


def find(path: Path, identity: str) -> Trajectory | None:
    """As `finished`, by the holder of the claim: another file there is set aside under another name, never deleted."""
    if not path.exists():
        return None
    found = read(path, identity)
    if isinstance(found, Trajectory):
        return found
    number = 0
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    path.rename(aside)
    print(f"warning: set aside as {aside}: {found}", file=sys.stderr)
    return None


def read(path: Path, identity: str | None) -> Trajectory | str:
    """The run of that identity, or of any if it is None; or why the file is not it."""
    if not path.is_file():
        return "no regular file"
    try:
        found = Trajectory.load(path)
    except InputError as error:
        return str(error).removeprefix(f"{path}: ")
    recorded = found.provenance.get("identity")
    return found if identity in (None, recorded) else f"it is another run, {str(recorded)[:12]}"


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
    except OSError:  # there is none, or it cannot be read
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        return "the note on why is broken", 1


def is_finished(path: Path, identity: str) -> bool:
    """Whether the run is there, by the end of its file, which is written last: in a fifth of the time of `read`."""
    from hwbench_mo.simulation import parquet

    if not path.is_file():
        return False
    try:
        facts = parquet.facts_of(parquet.read_schema(path), path)
    except InputError:
        return False
    return bool(facts["provenance"].get("identity") == identity)


def _note_of(path: Path) -> Path:
    return path.with_suffix(".failed")
