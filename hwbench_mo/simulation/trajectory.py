"""What a run leaves: everything that was evaluated, with what produced it."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.errors import InputError, OutputExistsError
from hwbench_mo.problems import Problem
from hwbench_mo.typing import Codes, Floats, Ints, Values
from hwbench_mo.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
_KEY = b"hwbench_mo"


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory:
    """n evaluations in the order in which they finished. Arrays are read-only.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    values
        ``[n, m]``; what the optimizer was told, every column minimised, in the order of ``objectives``.
    finish_times
        ``[n]``; simulated seconds since the start, ascending.
    objectives
        Names of the m objectives.
    centre
        ``[n, m]``; the values without noise, by which a run is judged; by default ``values``.
    start_times
        ``[n]``; simulated seconds at which each evaluation got a worker; by default NaN, not known.
    repeats
        ``[n]`` integers; how many measurements each value averages; by default 1.
    config
        The resolved configuration of the run: plain JSON values.
    provenance
        Version of the package, space, content hash of the artifact or of the measurements and their folder, noise;
        ``n_workers``, and whether they were ``synchronous``.
    """

    codes: Codes
    values: Values
    finish_times: Floats
    objectives: tuple[str, ...]
    centre: Values = None  # type: ignore[assignment]
    start_times: Floats = None  # type: ignore[assignment]
    repeats: Ints = None  # type: ignore[assignment]
    config: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.centre is None:
            object.__setattr__(self, "centre", self.values)
        n, m = len(self.codes), len(self.objectives)
        if self.start_times is None:
            object.__setattr__(self, "start_times", np.full(n, np.nan))
        if self.repeats is None:
            object.__setattr__(self, "repeats", np.ones(n, dtype=np.int64))
        if self.codes.ndim != 2:
            raise InputError(f"codes have shape {self.codes.shape}, but a trajectory needs [n, d]")
        shapes = {"values": (n, m), "centre": (n, m), "finish_times": (n,), "start_times": (n,), "repeats": (n,)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise InputError(f"{name} have shape {getattr(self, name).shape}, but a trajectory needs {list(shape)}")
        if not (np.isfinite(self.finish_times).all() and (np.diff(self.finish_times) >= 0).all()):
            raise InputError("finish_times must be finite and ascending: a trajectory is in the order of finishing")
        if (self.start_times > self.finish_times).any():
            raise InputError("start_times must not be later than finish_times")
        for name in ("codes", *shapes):
            array = getattr(self, name).copy()
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def idle_share(self) -> float:
        """Share of the workers' time, until the last finish, in which they had nothing to do; NaN if not known.

        The number of workers is that of ``provenance``, by default 1.
        """
        makespan = float(self.finish_times.max(initial=0.0))
        busy = float((self.finish_times - self.start_times).sum())
        return 1 - busy / (self.provenance.get("n_workers", 1) * makespan) if makespan > 0 else 0.0

    def save(self, path: str | PathLike[str], /) -> Path:
        """Write one compressed Parquet file; it appears whole or not at all.

        Columns: ``code`` (a list of choice indices), one of each objective, ``centre:`` ones where they differ,
        ``finish_time``, ``start_time`` and ``repeats``. Configuration and provenance are in the file's metadata.

        Raises
        ------
        OutputExistsError
            If there is a file already; it is left as it is.
        """
        import pyarrow.parquet as pq

        path = Path(path)
        if path.exists():
            raise OutputExistsError(f"{path} exists already, and results are never replaced; name another")
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = (
            path.parent / f".{path.name}-{secrets.token_hex(4)}"
        )  # unlike mkstemp's, as readable as the user's others
        try:
            pq.write_table(self._table(), scratch, compression="zstd")
            # A link, unlike a renaming, never replaces: of two processes that write the same run, one is told.
            os.link(scratch, path)
        except FileExistsError:
            raise OutputExistsError(f"{path} exists already, and results are never replaced; name another") from None
        finally:
            scratch.unlink(missing_ok=True)  # on a full disk pyarrow has removed it
        return path

    def _table(self) -> "pa.Table":
        import pyarrow as pa

        width = self.codes.shape[1]
        flat = pa.array(self.codes.ravel().astype(np.int16))
        columns: dict[str, pa.Array] = {"code": pa.FixedSizeListArray.from_arrays(flat, width)}
        for column, name in enumerate(self.objectives):
            columns[name] = pa.array(np.ascontiguousarray(self.values[:, column]))
            if not np.array_equal(self.values, self.centre):
                columns[f"centre:{name}"] = pa.array(np.ascontiguousarray(self.centre[:, column]))
        columns["finish_time"] = pa.array(self.finish_times)
        columns["start_time"] = pa.array(self.start_times)
        columns["repeats"] = pa.array(self.repeats.astype(np.int64))
        facts = {
            "format": FORMAT,
            "objectives": self.objectives,
            "config": self.config,
            "provenance": self.provenance,
        }
        return pa.table(columns).replace_schema_metadata({_KEY: json.dumps(facts, sort_keys=True).encode()})

    @staticmethod
    def load(path: str | PathLike[str], /) -> "Trajectory":
        """Read what `save` wrote.

        Raises
        ------
        InputError
            If the file is missing, truncated, foreign, or of another format.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            # From memory: a file that is truncated is recognised at once, and no handle is left open.
            table = pq.read_table(pa.BufferReader(Path(path).read_bytes()))
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or str(error).splitlines()[0]}") from None
        except pa.ArrowException as error:
            raise InputError(f"{path}: truncated, or not a trajectory: {str(error).splitlines()[0]}") from None
        facts = json.loads((table.schema.metadata or {}).get(_KEY, b"{}"))
        if facts.get("format") != FORMAT:
            raise InputError(f"{path}: not a trajectory in format {FORMAT} of hwbench_mo")
        objectives = tuple(facts["objectives"])

        def numbers(name: str) -> Any:
            return table[name].combine_chunks().to_numpy()

        def optional(name: str) -> Any:
            """None where the file is older than the column."""
            return numbers(name) if name in table.column_names else None

        code = table["code"].combine_chunks()
        width = code.type.list_size
        values = np.stack([numbers(name) for name in objectives], axis=1)
        has_centre = f"centre:{objectives[0]}" in table.column_names
        centre = np.stack([numbers(f"centre:{name}") for name in objectives], axis=1) if has_centre else values
        return Trajectory(
            codes=code.flatten().to_numpy().astype(np.int64).reshape(-1, width),
            values=values,
            centre=centre,
            finish_times=numbers("finish_time"),
            start_times=optional("start_time"),
            repeats=optional("repeats"),
            objectives=objectives,
            config=facts["config"],
            provenance=facts["provenance"],
        )


def provenance(problem: Problem) -> dict[str, Any]:
    """What identifies the problem that a trajectory was run on."""
    return {
        "hwbench_mo": __version__,
        "space": problem.space.facts,
        "artifact_sha256": problem.benchmark.manifest.get("sha256"),
        "table": problem.benchmark.manifest.get("table"),
        "noise": problem.noise,
        "noise_seed": problem.seed,
        "noise_repeats": problem.repeats,
    }
