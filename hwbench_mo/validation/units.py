"""Units of work and where their results are kept: one file a method, fit and target, so that a run can be resumed.

The name of a file carries a hash of all that its content depends on: measurements, split, settings and source code. A
change of the surrogates' fit leaves the results of the baselines valid.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.files import replaced_file
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.sources import hash_of_sources
from hwbench_mo.validation.folds import Fold
from hwbench_mo.validation.scores import Outcome

OURS = "hwbench_mo"
"""The surrogates' name among the methods."""

FIT, BASELINES, SCORES = (f"hwbench_mo.{name}" for name in ("fitting.fit", "validation.baselines", "validation.scores"))
"""The modules whose code, together with what each imports, decides results."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What one method predicts of one target in one fit."""

    space: str
    split: str
    number: int
    method: str
    target: str
    key: str
    """Hash of all that the result depends on."""

    def path(self, out: Path) -> Path:
        """Where the result is kept."""
        place = out / "units" / self.space / f"{self.split}-{self.number}" / self.method
        return place / f"{self.target}-{self.key}.npz"


class Keys:
    """Makes units, with the hashes that they are known by.

    Parameters
    ----------
    settings
        Of those methods that have any.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._fit, self._baselines, self._scores = map(hash_of_sources, (FIT, BASELINES, SCORES))

    def units(self, measured: Measurements, folds: Iterable[Fold], method: str, targets: Sequence[str]) -> list[Unit]:
        """The units of a method in several fits. The surrogates of a target depend on the readings of all targets."""
        if method == OURS:
            seen = dict.fromkeys(targets, hash_measurements(measured, measured.readings))
        else:
            seen = {target: hash_measurements(measured, [target]) for target in targets}
        found = []
        for fold in folds:
            facts = {
                "test": _hash_bytes([np.packbits(fold.test).tobytes()]),
                "settings": self._settings.get(method),
                "sources": [self._scores, self._fit if method == OURS else self._baselines],
            }
            for target in targets:
                text = json.dumps({**facts, "measurements": seen[target]}, sort_keys=True)
                unit = Unit(
                    space=measured.space.name,
                    split=fold.split,
                    number=fold.number,
                    method=method,
                    target=target,
                    key=_hash_bytes([text.encode()])[:16],
                )
                found.append(unit)
        return found


def hash_measurements(measured: Measurements, targets: Iterable[str]) -> str:
    """The hash of the architectures and of the readings of some targets."""
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
    """Write an outcome, whole or not at all: a file that is there need not be computed again."""
    arrays = {field.name: getattr(outcome, field.name) for field in fields(Outcome)}
    with replaced_file(path) as scratch, scratch.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_outcome(path: Path) -> Outcome:
    """What `save_outcome` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Outcome(**{field.name: arrays[field.name] for field in fields(Outcome)})
