"""A benchmark that answers from measured rows themselves, with no model between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from hwbench_mo.benchmark.devices import Device, devices_of
from hwbench_mo.benchmark.empirical import Column
from hwbench_mo.benchmark.front import ParetoFront, front_of, signs_of
from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.benchmark.own import checked_metrics, not_given
from hwbench_mo.benchmark.prediction import Prediction
from hwbench_mo.errors import InputError, nearest_first
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.spaces import Architecture, SearchSpace, TabularSpace
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM, Target, in_order
from hwbench_mo.typing import Bools, Codes, Floats, Values, read_only


@dataclass(frozen=True, eq=False)
class RowKernel:
    """Medians of several targets by look-up.

    Parameters
    ----------
    space
        The rows.
    targets
        Names, one a column.
    medians
        ``[n_rows, m]``; NaN where nothing was measured.
    """

    space: TabularSpace
    targets: tuple[str, ...]
    medians: Values

    def __call__(self, codes: Codes, /) -> Values:
        """``[n, m]``; an architecture without a measurement is refused by name."""
        values: Values = self.medians[self.space.rows(codes)]
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
    """Answers from measured rows. ``load_benchmark(name, table=…)`` loads it.

    The noise-free value of a target is the median of a row's readings. Parameters, MACs and FLOPs are computed.

    Parameters
    ----------
    space
        The rows.
    readings
        For each measured target, ``[n_rows, r]``: its repeated measurements, NaN where one is missing.
    manifest
        ``sha256``, the fingerprint of the measurements, and ``table``: their folder, and the space they were read of.
    metrics
        Metrics of one's own, by name; `with_metrics` adds them.

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
    readings: Mapping[str, Floats]
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"TabularBenchmark({self.space.name!r}, {self.space.size} rows)"

    def __post_init__(self) -> None:
        for name, readings in self.readings.items():
            if readings.ndim != 2 or len(readings) != self.space.size:
                needed = f"{self.space.name!r} needs [{self.space.size}, r]"
                raise InputError(f"readings of {name} have shape {readings.shape}, but {needed}")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that was measured of some row, and the closed forms."""
        measured = {name for name, readings in self.readings.items() if bool(np.isfinite(readings).any())}
        return tuple(in_order({*measured, *CLOSED_FORM, *self.metrics}))

    @property
    def devices(self) -> Mapping[str, Device]:
        """The devices that something was measured on, by name and in order."""
        return MappingProxyType(devices_of(self.space.full, self.targets, self.manifest))

    def _column(self, target: str) -> Column:
        parsed = Target.parse(target, devices=self.devices)
        name = parsed.name
        if parsed.device is not None and self.devices and parsed.device not in self.devices:
            nearest = ", ".join(nearest_first(parsed.device, self.devices))
            raise InputError(f"{name} was not measured in {self.space.name!r}; devices there, nearest first: {nearest}")
        if name in DECLARED and name not in self.metrics:
            raise not_given(name)
        if name not in self.targets:
            raise InputError(f"{name} was not measured in {self.space.name!r}; known there: {', '.join(self.targets)}")
        if name not in self._columns:
            if name in CLOSED_FORM:
                exact = Kernel(self.space.full, [closed_form(self.space.full, name)])(self.space.codes)[:, 0]
                self._columns[name] = Column(exact, np.zeros(len(exact)), None)
            elif name in self.metrics:
                exact = self.metrics[name].of_codes(self.space.full, self.space.codes)
                self._columns[name] = Column(exact, np.zeros(len(exact)), None)
            else:
                self._columns[name] = Column.of(self.readings[name])
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {}

    def predict(self, codes: Codes, target: str, /) -> Prediction:
        """The distribution of one measurement of ``target`` for each row of ``codes`` ``[n, d]``: of its readings.

        ``standard_error`` is that of the median of the readings, by order statistics, and NaN where there is one
        measurement alone. Readings were taken one after another: it says nothing of a node's drift between rows.
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

    def kernel(self, targets: Sequence[str], /) -> RowKernel:
        """Medians of several targets at once, one a column; made once for each choice of targets."""
        names = tuple(targets)
        if names not in self._kernel_of:
            columns = [self._column(name).median for name in names]
            self._kernel_of[names] = RowKernel(self.space, names, read_only(np.stack(columns, axis=1)))
        return self._kernel_of[names]

    @cached_property
    def _kernel_of(self) -> dict[tuple[str, ...], RowKernel]:
        return {}

    def pareto_front(self, objectives: Sequence[str], /) -> ParetoFront:
        """The exact Pareto front of the medians of all rows, every objective minimised."""
        names = tuple(objectives)
        if names not in self._front_of:
            codes = self.space.codes
            self._front_of[names] = front_of(codes, self.kernel(names)(codes) * signs_of(names))
        return self._front_of[names]

    @cached_property
    def _front_of(self) -> dict[tuple[str, ...], ParetoFront]:
        return {}

    def with_targets(self, targets: Sequence[str], /) -> "TabularBenchmark":
        """The same answers for those rows in which all of ``targets`` were measured.

        Raises
        ------
        InputError
            If a target is unknown here, or no row has them all.
        """
        names = frozenset(Target.parse(target).name for target in targets)
        if names not in self._part_with:
            rows = np.ones(self.space.size, dtype=bool)
            for name in sorted(names):
                rows &= np.isfinite(self._column(name).median)
            if not rows.any():
                raise InputError(f"no architecture of {self.space.name!r} has all of {', '.join(sorted(names))}")
            self._part_with[names] = self if rows.all() else self._take(rows, self.space.take(rows))
        return self._part_with[names]

    @cached_property
    def _part_with(self) -> dict[frozenset[str], "TabularBenchmark"]:
        return {}

    def with_metrics(self, *metrics: Metric) -> "TabularBenchmark":
        """The same rows, which also answer for metrics of one's own; one of a name that is there replaces it."""
        return replace(self, metrics=checked_metrics(metrics, self.space.full, self.metrics))

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
        return replace(self, space=space, readings={name: readings[rows] for name, readings in self.readings.items()})


def _holds(space: SearchSpace, architecture: Architecture) -> bool:
    return (
        architecture.embed_dim in space.embed_dim
        and architecture.n_layer in space.n_layer
        and architecture.bias in space.bias
        and set(architecture.mlp_ratio) <= set(space.mlp_ratio)
        and set(architecture.n_head) <= set(space.n_head)
    )
