"""A benchmark that answers from measured rows themselves, with no model between."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import Architecture, SearchSpace, TabularSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.empirical import Column
from hwbench_mo.surrogates.evaluator import Evaluator
from hwbench_mo.surrogates.prediction import Prediction
from hwbench_mo.targets import ALL_TARGETS, CLOSED_FORM, Target
from hwbench_mo.typing import Bools, Codes, Floats, Values, read_only


@dataclass(frozen=True, eq=False)
class TableEvaluator:
    """Centres of several targets by look-up.

    Parameters
    ----------
    space
        The rows.
    targets
        Names, one a column.
    centres
        ``[n_rows, m]``; NaN where nothing was measured.
    """

    space: TabularSpace
    targets: tuple[str, ...]
    centres: Values

    def __call__(self, codes: Codes, /) -> Values:
        """``[n, m]``; an architecture without a measurement is refused by name."""
        values: Values = self.centres[self.space.rows(codes)]
        if np.isnan(values).any():
            place, column = np.argwhere(np.isnan(values))[0]
            raise _unmeasured(self.space, codes, int(place), self.targets[column])
        return values


def _unmeasured(space: TabularSpace, codes: Codes, place: int, target: str) -> InputError:
    (name,) = space.describe(np.asarray(codes)[[place]])
    return InputError(
        f"{target} of codes[{place}], {name}, was not measured; a problem with the objective {target} holds the "
        f"architectures of which it was"
    )


@dataclass(frozen=True, eq=False)
class TabularBenchmark:
    """Answers from measured rows. Made by ``load_benchmark(name, table=…)``.

    The centre of a target is the median of a row's repeats. Parameters, MACs and FLOPs are computed.

    Parameters
    ----------
    space
        The rows.
    repeats
        For each measured target, ``[n_rows, r]``: its repeated measurements, NaN where one is missing.
    manifest
        ``sha256``, the fingerprint of the measurements, and ``table``: their folder, and the space they were read of.

    Examples
    --------
    >>> full = SearchSpace(name="tiny", embed_dim=(64,), n_layer=(1,), mlp_ratio=(2, 4), n_head=(1, 2))
    >>> rows = TabularSpace.of(full, np.array([[0, 0, 0, 0, 0], [0, 0, 1, 1, 1]]))
    >>> bench = TabularBenchmark(rows, {"latency@a100": np.array([[1.0, 2.0, 6.0], [3.0, 4.0, np.nan]])}, {})
    >>> p = bench.predict(rows.codes, "latency@a100")
    >>> p.median
    array([2. , 3.5])
    >>> bool(p.sample(seed=0)[0] in (1.0, 2.0, 6.0))
    True
    """

    space: TabularSpace
    repeats: Mapping[str, Floats]
    manifest: Mapping[str, Any]

    def __post_init__(self) -> None:
        for name, repeats in self.repeats.items():
            if repeats.ndim != 2 or len(repeats) != self.space.size:
                needed = f"{self.space.name!r} needs [{self.space.size}, r]"
                raise InputError(f"repeats of {name} have shape {repeats.shape}, but {needed}")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that was measured of some row, and the closed forms."""
        return tuple(
            name
            for name in ALL_TARGETS
            if name in CLOSED_FORM or (name in self.repeats and bool(np.isfinite(self.repeats[name]).any()))
        )

    def _column(self, target: str) -> Column:
        name = Target.parse(target).name
        if name not in self.targets:
            raise InputError(f"{name} was not measured in {self.space.name!r}; known there: {', '.join(self.targets)}")
        if name not in self._columns:
            if name in CLOSED_FORM:
                exact = Evaluator(self.space.full, [closed_form(self.space.full, name)])(self.space.codes)[:, 0]
                self._columns[name] = Column(exact, np.zeros(len(exact)), None)
            else:
                self._columns[name] = Column.of(self.repeats[name])
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {}

    def predict(self, codes: object, target: str, /) -> Prediction:
        """The distribution of one measurement of ``target`` for each row of ``codes`` ``[n, d]``: of its repeats.

        ``standard_error`` is that of the median of the repeats, by order statistics, and NaN where there is one
        measurement alone. Repeats were taken one after another: it says nothing of a node's drift between rows.
        ``support`` is 1.

        Raises
        ------
        InputError
            If the target is unknown here, or an architecture was not measured: it is named.
        """
        column = self._column(target)
        rows = self.space.rows(codes)
        valid, median = self.space.codes[rows], column.median[rows]
        if np.isnan(median).any():
            raise _unmeasured(self.space, valid, int(np.isnan(median).argmax()), target)
        return Prediction(
            target=Target.parse(target).name,
            space=self.space.full,
            codes=valid,
            median=median,
            noise=column.noise,
            groups=rows,
            error_of_median=lambda: column.standard_error[rows],
            support_of_codes=lambda: np.ones(len(rows)),
        )

    def evaluator(self, targets: Sequence[str]) -> TableEvaluator:
        """Centres of several targets at once, one a column."""
        columns = [self._column(target).median for target in targets]
        return TableEvaluator(self.space, tuple(targets), read_only(np.stack(columns, axis=1)))

    def measured(self, targets: Iterable[str]) -> "TabularBenchmark":
        """The same answers for those rows in which all of ``targets`` were measured.

        Raises
        ------
        InputError
            If a target is unknown here, or no row has them all.
        """
        names = frozenset(Target.parse(target).name for target in targets)
        if names not in self._measured:
            rows = np.ones(self.space.size, dtype=bool)
            for name in sorted(names):
                rows &= np.isfinite(self._column(name).median)
            if not rows.any():
                raise InputError(f"no architecture of {self.space.name!r} has all of {', '.join(sorted(names))}")
            self._measured[names] = self if rows.all() else self._take(rows, self.space.take(rows))
        return self._measured[names]

    @cached_property
    def _measured(self) -> dict[frozenset[str], "TabularBenchmark"]:
        return {}

    def restrict(self, space: SearchSpace) -> "TabularBenchmark":
        """The same answers for those rows that lie in a smaller space of one's own.

        Raises
        ------
        InputError
            If no row does, or its batch size is another one.
        """
        if space.batch_size != self.space.batch_size:
            raise InputError(
                f"batch_size of space {space.name!r} is {space.batch_size}, but {self.space.name!r} was measured "
                f"with {self.space.batch_size}"
            )
        architectures = self.space.decode(self.space.codes)
        inside = np.array([_holds(space, architecture) for architecture in architectures])
        if not inside.any():
            raise InputError(f"no architecture of {self.space.name!r} lies in space {space.name!r}")
        kept = [architectures[row] for row in np.flatnonzero(inside)]
        return self._take(inside, TabularSpace.of(space, space.encode(kept)))

    def _take(self, rows: Bools, space: TabularSpace) -> "TabularBenchmark":
        return replace(self, space=space, repeats={name: repeats[rows] for name, repeats in self.repeats.items()})


def _holds(space: SearchSpace, architecture: Architecture) -> bool:
    return (
        architecture.embed_dim in space.embed_dim
        and architecture.n_layer in space.n_layer
        and architecture.bias in space.bias
        and set(architecture.mlp_ratio) <= set(space.mlp_ratio)
        and set(architecture.n_head) <= set(space.n_head)
    )


def load_table(space: SearchSpace, folder: str | PathLike[str], /) -> TabularBenchmark:
    """The benchmark of a folder of measurements of a space; read once a process, unless its content changes.

    Raises
    ------
    InputError
        If the space is not one that was measured, or a file is missing or not as it must be.
    """
    from hwbench_mo.fitting.measurements import fingerprint

    path = Path(folder).expanduser().resolve()
    if not (path / space.name).is_dir():
        found = [name for name in MEASURED if (path / name).is_dir()]
        instead = f"it has {', '.join(found)}" if found else "name the folder that holds gpt_s, gpt_m and gpt_l"
        raise InputError(f"{path} holds no measurements of {space.name!r}; {instead}")
    content = ""
    with suppress(OSError):  # the reader names the file
        content = fingerprint(path, space)
    return _read(space, path, content)


@lru_cache(maxsize=8)
def _read(space: SearchSpace, folder: Path, content: str) -> TabularBenchmark:
    from hwbench_mo.fitting.measurements import read_measurements

    measured = read_measurements(folder, space)
    manifest = {"sha256": content, "table": {"space": space.name, "folder": str(folder)}}
    return TabularBenchmark(TabularSpace.of(space, measured.codes), measured.repeats, manifest)
