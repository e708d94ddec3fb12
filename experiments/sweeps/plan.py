"""What a sweep is to make: the name of each run, its identity and where its result goes, kept beside the results.

A plan is data. Nothing that it says is ever composed, imported or called: other people's folders can be looked at.
"""

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from experiments.sweeps.configuration import composed, resolved
from experiments.sweeps.overrides import expanded
from experiments.sweeps.remarks import remark_on
from experiments.sweeps.runs import planned_runs, seeds_of
from hwbench_mo import InputError
from hwbench_mo.files import write_whole
from hwbench_mo.progress import track

FOLDER = ".plans"
FORMAT = 2


@dataclass(frozen=True)
class Planned:
    """One run of a sweep."""

    label: str
    """The overrides that make it."""
    path: Path | None = None
    """Where its result is to go; None if it cannot be made."""
    identity: str = ""
    """The hash of what decides its result."""
    why: str = ""
    """Why it cannot be made."""


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep."""

    out: Path
    runs: Sequence[Planned]
    remarks: Sequence[str] = field(default=(), compare=False)
    """On settings that make less of an optimizer than its name says, each once. Not kept."""

    def note(self) -> None:
        """Keep the plan in the folder; the same runs make the same file.

        Raises
        ------
        InputError
            If that cannot be written: a sweep that cannot write does not begin.
        """
        runs = [
            {
                "label": run.label,
                "path": run.path and run.path.relative_to(self.out).as_posix(),
                "identity": run.identity,
                "why": run.why,
            }
            for run in self.runs
        ]
        checksum = _checksum(runs)
        content = json.dumps({"format": FORMAT, "runs": runs, "sha256": checksum}, indent=1)
        try:
            write_whole(self.out / FOLDER / f"{checksum[:12]}.json", content)
        except OSError as error:
            raise InputError(f"{self.out}: cannot be written: {error.strerror or error}") from None


def plan_of(overrides: Sequence[Override], out: Path) -> Plan:
    """The runs that a command line asks for. Those that differ in the seed alone are composed once, in 40 ms.

    Raises
    ------
    InputError
        If Hydra refuses the configuration of a job.
    """
    alternatives, seeds = expanded(overrides)
    runs: list[Planned] = []
    remarks: dict[str, None] = {}
    combinations = list(itertools.product(*alternatives))
    for words in track(combinations, "plan", unit="job"):
        cfg, name = composed(words)
        runs += _of_one_combination(cfg, name, words, seeds, out)
        if remark := remark_on(resolved(cfg, name)):
            remarks[remark] = None
    return Plan(out, runs, tuple(remarks))


def _of_one_combination(
    cfg: DictConfig, name: str, words: Sequence[str], seeds: Sequence[str], out: Path
) -> Iterator[Planned]:
    try:
        of_job = [int(seed) if seed.isdecimal() else seed for seed in seeds] or seeds_of(cfg)
    except InputError as error:
        yield Planned(" ".join(words), why=str(error))
        return
    for seed, found in planned_runs(cfg, optimizer_name=name, seeds=of_job):
        label = " ".join([*words, f"seed={seed}"])
        if isinstance(found, str):
            yield Planned(label, why=found)
        else:
            identity, path = found
            yield Planned(label, out / path, identity)


def plans_in(out: Path) -> list[Path]:
    """The files of all plans of a folder."""
    return sorted((out / FOLDER).glob("*.json"))


def read_plan(path: Path) -> Plan:
    """What `Plan.note` wrote, verified.

    Raises
    ------
    InputError
        If it is truncated, foreign, of another format, not byte for byte what was written, or names a place outside
        its folder.
    """
    try:
        noted = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        noted = None
    if not isinstance(noted, dict) or not isinstance(noted.get("runs"), list) or noted.get("format") != FORMAT:
        raise InputError("truncated, or not a plan of this version; delete it, and start its sweep again")
    if noted.get("sha256") != _checksum(noted["runs"]):
        raise InputError("its checksum does not match; delete it, and start its sweep again")
    out = path.parent.parent
    return Plan(out, [_planned(run, out) for run in noted["runs"]])


def _planned(noted: Any, out: Path) -> Planned:
    try:
        label, where, identity, why = (noted[key] for key in ("label", "path", "identity", "why"))
    except (TypeError, KeyError):
        raise InputError("a run lacks its label, path, identity or reason; delete it") from None
    if not all(isinstance(text, str) for text in (label, identity, why, where or "")):
        raise InputError("a run has a label, path, identity or reason that is no text; delete it")
    if where is None:
        return Planned(label, why=why)
    if Path(where).is_absolute() or {"..", "\0"} & {*Path(where).parts, *where}:
        raise InputError(f"the run {label!r} has the path {where!r}, which is not in the folder; delete it")
    return Planned(label, out / where, identity)


def _checksum(runs: object) -> str:
    return hashlib.sha256(json.dumps([FORMAT, runs], sort_keys=True).encode()).hexdigest()
