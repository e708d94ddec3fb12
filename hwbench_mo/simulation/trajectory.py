"""What a run leaves: everything that was evaluated, with what produced it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.display import as_html
from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.simulation import seconds
from hwbench_mo.simulation.run import place_in
from hwbench_mo.typing import Bools, Codes, Floats, Ints, Values, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory:
    """n evaluations in the order in which they finished. Arrays are read-only.

    Parameters
    ----------
    codes
        ``[n, d]``, canonical.
    values
        ``[n, m]``; values that the optimizer observed, every column minimised, in the order of ``objectives``.
    finish_times
        ``[n]``; simulated seconds since the start, ascending.
    objectives
        Names of the m objectives.
    centre
        ``[n, m]``; noise-free values, by which a run is judged; by default ``values``.
    start_times
        ``[n]``; simulated seconds at which each evaluation got a worker; by default NaN, not known.
    repeats
        ``[n]`` integers; how many measurements each value averages; by default 1.
    optimizer_seconds
        ``[n]``; seconds by the clock that the optimizer itself had taken when it proposed each evaluation and those
        before it; by default NaN, not known. No part of the result, which is reproducible: saved beside it.
    violations
        ``[n, c]``; by what share of its limit each evaluation violates each of the c constraints of the problem, whose
        limits are in ``provenance``; above 0: violated. By default ``[n, 0]``: no constraints.
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
    optimizer_seconds: Floats = None  # type: ignore[assignment]
    violations: Values = None  # type: ignore[assignment]
    config: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.centre is None:
            object.__setattr__(self, "centre", self.values)
        n, m = len(self.codes), len(self.objectives)
        if self.start_times is None:
            object.__setattr__(self, "start_times", np.full(n, np.nan))
        if self.optimizer_seconds is None:
            object.__setattr__(self, "optimizer_seconds", np.full(n, np.nan))
        if self.repeats is None:
            object.__setattr__(self, "repeats", np.ones(n, dtype=np.int64))
        limits = self.provenance.get("constraints")
        n_limits = len(limits) if isinstance(limits, Mapping) else 0
        if self.violations is None or self.violations.shape[1:] == (0,):  # none, of however many evaluations
            object.__setattr__(self, "violations", np.zeros((n, 0)))
        if self.codes.ndim != 2:
            raise InputError(f"codes have shape {self.codes.shape}, but a trajectory needs [n, d]")
        shapes = {"values": (n, m), "centre": (n, m), "finish_times": (n,), "start_times": (n,), "repeats": (n,)}
        shapes |= {"optimizer_seconds": (n,), "violations": (n, n_limits)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise InputError(f"{name} have shape {getattr(self, name).shape}, but a trajectory needs {list(shape)}")
        if not (np.isfinite(self.finish_times).all() and (np.diff(self.finish_times) >= 0).all()):
            raise InputError("finish_times must be finite and ascending: a trajectory is in the order of finishing")
        if (self.start_times > self.finish_times).any():
            raise InputError("start_times must not be later than finish_times")
        for name in ("codes", *shapes):
            object.__setattr__(self, name, read_only(getattr(self, name).copy()))

    def __repr__(self) -> str:
        return f"Trajectory({len(self)} evaluations of {', '.join(self.objectives)})"

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.to_frame)

    def to_frame(self) -> "pd.DataFrame":
        """A row an evaluation, in the order of finishing.

        Columns: ``evaluation`` from 1, each objective as it was observed, ``centre:`` ones where the noise-free values
        differ, every one minimised (accuracy is negated); ``violation:`` of each constraint, above 0 where it is
        violated; ``start_time`` and ``finish_time`` in simulated seconds, ``repeats``, ``optimizer_seconds``, and
        ``code``, a tuple of choice indices.
        """
        with needs("pandas"):
            import pandas as pd

        columns: dict[str, object] = {"evaluation": np.arange(1, len(self) + 1)}
        columns |= dict(zip(self.objectives, self.values.T, strict=True))
        if not np.array_equal(self.values, self.centre):
            columns |= {f"centre:{name}": own for name, own in zip(self.objectives, self.centre.T, strict=True)}
        limits = sorted(self.provenance.get("constraints") or ())
        columns |= {f"violation:{name}": own for name, own in zip(limits, self.violations.T, strict=True)}
        for name in ("start_times", "finish_times"):
            columns[name.removesuffix("s")] = getattr(self, name)
        codes = list(map(tuple, self.codes.tolist()))
        more = {"repeats": self.repeats, "optimizer_seconds": self.optimizer_seconds, "code": codes}
        return pd.DataFrame({**columns, **more})

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def feasible(self) -> Bools:
        """``[n]``; which evaluations keep every constraint of the problem; all, where it has none."""
        return np.asarray((self.violations <= 0).all(axis=1))

    @property
    def idle_share(self) -> float:
        """Share of the workers' time, until the last finish, in which they had nothing to do; NaN if not known.

        The number of workers is that of ``provenance``, by default 1.
        """
        makespan = float(self.finish_times.max(initial=0.0))
        busy = float((self.finish_times - self.start_times).sum())
        return 1 - busy / (self.provenance.get("n_workers", 1) * makespan) if makespan > 0 else 0.0

    def save(self, path: str | PathLike[str], /) -> Path:
        """Write one compressed Parquet file; it appears whole or not at all. The path of the file is returned.

        A path that ends in ``/`` or is a folder is a folder of runs: the file's name there is made of the problem, the
        optimizer and the seed that the configuration names (`Run`), and what was saved there before is found again.

        Columns: ``code`` (a list of choice indices), one of each objective, ``centre:`` ones where they differ,
        ``finish_time``, ``start_time`` and ``repeats``. Configuration and provenance are in the file's metadata.
        ``optimizer_seconds``, where they are known, go into a file beside it: `seconds`.

        Raises
        ------
        OutputExistsError
            If there is a file already; it is left as it is.
        InputError
            If the path is a folder, and the configuration does not name an optimizer and a seed.
        """
        with needs("parquet"):
            from hwbench_mo.simulation import parquet

        place = Path(path)
        if place.is_dir() or fspath(path).endswith("/"):
            place = place_in(
                place,
                objectives=self.objectives,
                config=self.config,
                provenance=self.provenance,
                arrays=(self.codes, self.values, self.finish_times),
            )
            if place.exists():  # the same run: its name is a hash of all that it is
                return place
        seconds.write(place, self.optimizer_seconds)
        return parquet.write(place, {field.name: getattr(self, field.name) for field in fields(self)})

    @staticmethod
    def load(path: str | PathLike[str], /) -> "Trajectory":
        """Read what `save` wrote.

        Raises
        ------
        InputError
            If the file is missing, truncated, foreign, of another format, or not what was written: a checksum covers
            all that it says.
        """
        with needs("parquet"):
            from hwbench_mo.simulation import parquet

        found = parquet.read(Path(path))
        try:
            return Trajectory(**found, optimizer_seconds=seconds.read(Path(path), len(found["codes"])))
        except InputError as error:
            raise InputError(f"{path}: not a trajectory: {error}") from None
