"""Units of work and where their results are kept: one file a method, fit and target, so that a run can be resumed.

A file's name carries a hash of all that its content depends on: the measurements, the split, the settings and the
source files. A change of the surrogates' fit leaves the peers' results valid.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.measurements.record import Measurements
from hwbench_mo.validation.folds import Fold
from hwbench_mo.validation.scores import Outcome

OURS = "hwbench_mo"
"""The surrogates' name among the methods."""
PACKAGE = Path(__file__).resolve().parents[1]
JUDGES = ("validation/scores.py", "validation/folds.py", "measurements/reader.py")
OWN_SOURCES = (*JUDGES, "fitting/[!_]*.py", "surrogates/*.py", "spaces/*.py")
PEER_SOURCES = (*JUDGES, "validation/baselines.py", "validation/gaussian.py", "spaces/*.py")
NOT_FITTING = ("evaluate.py", "git_history.py", "import_upstream.py", "safe_pickle.py")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What one method says of one target in one fit."""

    space: str
    split: str
    number: int
    method: str
    target: str
    key: str
    """Hash of what the result depends on."""

    def path(self, out: Path) -> Path:
        """Where the result is kept."""
        place = out / "units" / self.space / f"{self.split}-{self.number}" / self.method
        return place / f"{self.target}-{self.key}.npz"


class Keys:
    """Hashes of units; files and measurements are read once."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._own = hash_sources(OWN_SOURCES)
        self._peers = hash_sources(PEER_SOURCES)

    def unit(self, measured: Measurements, fold: Fold, method: str, target: str) -> Unit:
        """The unit of a method, fit and target."""
        is_ours = method == OURS
        facts = {
            "measurements": hash_measurements(measured, measured.readings if is_ours else [target]),
            "test": _hash_bytes([np.packbits(fold.test).tobytes()]),
            "settings": self._settings.get(method),
            "sources": self._own if is_ours else self._peers,
        }
        key = _hash_bytes([json.dumps(facts, sort_keys=True).encode()])[:16]
        return Unit(
            space=measured.space.name, split=fold.split, number=fold.number, method=method, target=target, key=key
        )


def hash_sources(patterns: Iterable[str]) -> str:
    """Of the package's source files, but for those that have no part in a fit."""
    paths = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    used = sorted(path for path in paths if path.name not in NOT_FITTING and not path.name.startswith("upstream_"))
    return _hash_bytes([part for path in used for part in (path.name.encode(), path.read_bytes())])


def hash_measurements(measured: Measurements, targets: Iterable[str]) -> str:
    """Of the architectures and of what was measured of them."""
    parts = [repr(measured.space).encode(), measured.campaign_index.tobytes(), measured.codes.tobytes()]
    for target in targets:
        parts += [target.encode(), np.ascontiguousarray(measured.readings[target]).tobytes()]
    return _hash_bytes([*parts, measured.perplexity_mlp.tobytes()])


def _hash_bytes(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:".encode())
        digest.update(part)
    return digest.hexdigest()


def save_outcome(outcome: Outcome, path: Path) -> None:
    """Written under another name first: a file that is there is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    arrays = {field.name: getattr(outcome, field.name) for field in fields(Outcome)}
    with scratch.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    os.replace(scratch, path)


def load_outcome(path: Path) -> Outcome:
    """What `save_outcome` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Outcome(**{field.name: arrays[field.name] for field in fields(Outcome)})
