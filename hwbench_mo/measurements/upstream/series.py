"""One quantity on one device: the files ``{stem}_START_END.pkl`` of the authors' repository."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.git_history import WHOLE, History, Version
from hwbench_mo.measurements.upstream.sandbox import Sandbox
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Codes, Floats

FILES = re.compile(
    r"(?:.*/)?(?P<name>(?:(?:latency|mem)_\w+|arch_ppl_bench_[sml])/"
    r"(?:efficiency_observations|efficiency_energy_observations_tracker|ppl_observations_tracker)_\d{1,9}_\d{1,9}\.pkl"
    r"|predictor_ckpts/metric/perplexity_[sml]\.pt)"
)
"""Paths of the files that the importer reads; a file may have lain in several folders."""


def keys_of(codes: Codes) -> list[bytes]:
    """A key for each architecture ``[n, d]``, by which series are joined."""
    return [row.tobytes() for row in np.ascontiguousarray(codes, dtype=np.int16)]


def codes_of(keys: Iterable[bytes]) -> Codes:
    """``[n, d]``; the inverse of `keys_of`."""
    codes: Codes = np.stack([np.frombuffer(key, dtype=np.int16) for key in keys]).astype(np.int64)
    return codes


class Part(NamedTuple):
    """One file: the architectures that it holds, in its order, from campaign_index ``start``."""

    version: Version
    start: int
    end: int
    keys: list[bytes]
    n_trials: int


@dataclass(frozen=True, eq=False)
class Series:
    """The parts of a series, in order, and the values of all of them."""

    parts: list[Part]
    row: dict[bytes, int]
    """Row of each architecture in ``columns``; where several parts hold it, the first counts."""
    columns: dict[str, Floats]
    """``[N, r]`` each."""

    def take(self, keys: Iterable[bytes], column: str, width: int = 1) -> Floats:
        """``[n, r]`` with r at least ``width``; values of architectures, NaN where there are none."""
        values = self.columns.get(column, np.empty((0, width)))
        rows = np.array([self.row.get(key, len(values)) for key in keys])
        padded = np.full((len(values) + 1, max(width, values.shape[1])), np.nan)
        padded[:-1, : values.shape[1]] = values
        taken: Floats = padded[rows]
        return taken


def read_series(
    stem: str, kind: str, *, history: History, files: Mapping[str, list[Version]], space: SearchSpace, sandbox: Sandbox
) -> Series:
    """The series of the files ``{stem}_START_END.pkl``; ``stem`` has its folder before it.

    Of several versions of a file, the one with the most architectures counts, and the newest of these. A version whose
    content the repository lacks may be left out if the others cover its span.

    Raises
    ------
    InputError
        If there is no such file, or a file or record is not as it must be.
    """
    spans = {}
    for name, versions in files.items():
        if span := re.fullmatch(rf"{re.escape(stem)}_(\d+)_(\d+)\.pkl", name):
            spans.update(dict.fromkeys(versions, (int(span[1]), int(span[2]))))
    if not spans:
        raise InputError(f"{history.folder} has no file {stem}_START_END.pkl in its history")
    present = [version for version in spans if version.size >= 0]
    contents = {str(version): history.read(version) for version in present}
    found = sandbox.read(kind, contents, space) if contents else []
    fullest: dict[tuple[int, int], tuple[Part, dict[str, Floats]]] = {}
    for version, columns in zip(present, found, strict=True):
        keys = keys_of(columns.pop("codes"))
        part = Part(version, *spans[version], keys, int(columns.pop("n_trials")))
        if len(keys) > part.end - part.start:
            raise InputError(f"{version} holds {len(keys)} architectures, which is more than its name says")
        if spans[version] not in fullest or len(keys) > len(fullest[spans[version]][0].keys):
            fullest[spans[version]] = part, columns
    for version in spans:
        if version.size < 0 and not _covers(fullest, *spans[version]):
            raise InputError(f"{version} is not in {history.folder}; {WHOLE}")
    return _joined([fullest[span] for span in sorted(fullest)])


def _covers(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    for one_start, one_end in sorted(spans):
        if one_start <= start:
            start = max(start, one_end)
    return start >= end


def _joined(found: list[tuple[Part, dict[str, Floats]]]) -> Series:
    row: dict[bytes, int] = {}
    for i, key in enumerate(key for part, _ in found for key in part.keys):
        row.setdefault(key, i)
    blocks: dict[str, list[Floats]] = {}
    for name, block in (item for _, columns in found for item in columns.items()):
        blocks.setdefault(name, []).append(block)
    return Series([part for part, _ in found], row, {name: _stacked(listed) for name, listed in blocks.items()})


def _stacked(blocks: list[Floats]) -> Floats:
    """``[N, r]``; blocks ``[n, r]`` below each other, NaN where one has fewer columns."""
    width = max(block.shape[1] for block in blocks)
    padding = [((0, 0), (0, width - block.shape[1])) for block in blocks]
    return np.concatenate(
        [np.pad(block, pad, constant_values=np.nan) for block, pad in zip(blocks, padding, strict=True)]
    )
