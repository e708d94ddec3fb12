"""The benchmark of one space on surrogates: every target's model and noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from hwbench_mo.benchmark.devices import Device, devices_of
from hwbench_mo.benchmark.front import ParetoFront, front_of, signs_of
from hwbench_mo.benchmark.front_codes import front_codes
from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.benchmark.own import MixedKernel, checked_metrics, no_exact, not_given, plain_scale
from hwbench_mo.benchmark.prediction import Prediction
from hwbench_mo.benchmark.restriction import rows_within
from hwbench_mo.errors import InputError, unknown
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.quantiles import QuantileTable
from hwbench_mo.surrogates.support import Support, support_of
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import CLOSED_FORM, Target, in_order
from hwbench_mo.typing import Codes, Floats


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Models of every target of one space.

    Parameters
    ----------
    space
        What is searched.
    models
        A model for each measured target; closed forms need none, they exist in every space.
    noise
        The distribution of a measurement of each measured target.
    manifest
        Where the models come from: checksum, fingerprint of the data, versions, and how ``devices`` were measured.
        Empty where nothing was fitted.
    errors
        How well the table of each measured target is known.
    support
        How far measured architectures reach, of ``quality`` and of ``hardware`` targets; of a device with tables of its
        own, ``hardware@DEVICE``.
    metrics
        Metrics of one's own, by name; `with_metrics` adds them.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> import numpy as np
    >>> bench = hb.load_benchmark("gpt_s")
    >>> codes = bench.space.sample(3, np.random.default_rng(0))
    >>> bench.predict(codes, "params").median
    array([1.41513216e+08, 6.24990720e+07, 6.26465280e+07])
    """

    space: SearchSpace
    models: Mapping[str, AdditiveModel] = field(default_factory=dict)
    noise: Mapping[str, QuantileTable] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, TableError] = field(default_factory=dict)
    support: Mapping[str, Support] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    def __repr__(self) -> str:
        others = "".join(f", {name}: {one.differs}" for name, one in self.devices.items() if one.differs)
        return f"Benchmark({self.space.name!r}, {len(self.targets)} targets{others})"

    def __post_init__(self) -> None:
        for model in self.models.values():
            model.check_fits(self.space)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that `predict` answers here."""
        return tuple(in_order({*self.models, *CLOSED_FORM, *self.metrics}))

    @property
    def devices(self) -> Mapping[str, Device]:
        """The devices that targets are known on, by name and in order: those that ship, then others by name.

        >>> import hwbench_mo as hb
        >>> bench = hb.load_benchmark("gpt_s")
        >>> list(bench.devices)[:3], bench.devices["a100"].batch
        (['a100', 'a40', 'a6000'], 8)
        """
        return MappingProxyType(self._devices)

    @cached_property
    def _devices(self) -> dict[str, Device]:
        return devices_of(self.space, self.targets, self.manifest)

    def model(self, target: str, /) -> AdditiveModel:
        """The additive model behind a target.

        Raises
        ------
        InputError
            If there is no such target, or none in this space.
        """
        parsed = Target.parse(target, devices=self.devices)
        name = parsed.name
        if name in self.models:
            return self.models[name]
        if name in CLOSED_FORM:
            return closed_form(self.space, name)
        if name in self.metrics:
            raise InputError(f"{name!r} is a metric of one's own, and has no table")
        if parsed.device is not None and self.devices and parsed.device not in self.devices:
            raise unknown(f"device in {name!r}:", parsed.device, self.devices)
        if name in DECLARED:
            raise not_given(name)
        raise InputError(
            f"space {self.space.name!r} has no {name!r}: only {', '.join(self.targets)} are known there; "
            f"{', '.join(MEASURED)} were measured"
        )

    def scale(self, target: str, /) -> AdditiveModel:
        """What is done to sums of a target in a cell: its model; nothing to metrics of one's own that are by counts."""
        if target not in self.metrics:
            return self.model(target)
        if self.metrics[target].of != "counts":
            raise no_exact(target, self.space)
        return plain_scale(self.space)

    def predict(self, codes: Codes, target: str, /) -> Prediction:
        """The distribution of one measurement of ``target`` for each row of ``codes`` ``[n, d]``.

        Raises
        ------
        InputError
            If the codes are not of this space or the target is unknown here.
        """
        name = Target.parse(target, devices=self.devices).name
        kernel = self.kernel([name])
        valid = self.space.validate(codes)
        return Prediction(
            target=name,
            space=self.space,
            codes=valid,
            median=kernel(valid)[:, 0],
            noise=self.noise.get(name),
            groups=self.space.groups(valid),
            error_of_median=lambda: self._standard_error(name, valid),
            support_of_codes=lambda: self._support(name, valid),
        )

    def _standard_error(self, target: str, codes: Codes) -> Floats:
        if target in CLOSED_FORM or target in self.metrics:
            return np.zeros(len(codes))
        if target not in self.errors:
            return np.full(len(codes), np.nan)
        model, errors = self.model(target), self.errors[target].standard_error(self.space, codes)
        if model.link == "identity" and model.curve is None:
            return errors
        if target not in self._sums_of:
            self._sums_of[target] = Kernel(self.space, [replace(model, link="identity", curve=None)])
        slope = model.slope(self._sums_of[target](codes)[:, 0], codes[:, EMBED_DIM], codes[:, BIAS])
        return np.asarray(slope * errors)

    @cached_property
    def _sums_of(self) -> dict[str, Kernel]:
        return {}

    def _support(self, target: str, codes: Codes) -> Floats:
        if target in CLOSED_FORM or target in self.metrics:
            return np.ones(len(codes))
        support = support_of(self.support, target)
        return np.full(len(codes), np.nan) if support is None else support.share(self.space, codes)

    def kernel(self, targets: Sequence[str], /) -> Kernel | MixedKernel:
        """Noise-free values of several targets at once, one a column; made once for each choice of targets."""
        if (names := tuple(targets)) not in self._kernel_of:
            tabled = [self.model(name) for name in names if name not in self.metrics]
            tables = Kernel(self.space, tabled) if tabled else None
            if tables is None or len(tabled) < len(names):
                self._kernel_of[names] = MixedKernel(self.space, names, self.metrics, tables)
            else:
                self._kernel_of[names] = tables
        return self._kernel_of[names]

    @cached_property
    def _kernel_of(self) -> dict[tuple[str, ...], Kernel | MixedKernel]:
        return {}

    def pareto_front(self, objectives: Sequence[str], /) -> ParetoFront:
        """The exact Pareto front of noise-free values, every objective minimised, by dynamic programming over layers.

        A front that takes long is kept on disk (`hwbench_mo.benchmark.front_cache`) and computed once a machine.

        Raises
        ------
        InputError
            If it is too large to compute, as it can be with three objectives or more; or a metric of one's own depends
            on the order of layers, in a space of more than 2^18 architectures.
        """
        names = tuple(objectives)
        if names not in self._front_of:
            codes = front_codes(self, names)
            self._front_of[names] = front_of(codes, self.kernel(names)(codes) * signs_of(names))
        return self._front_of[names]

    @cached_property
    def _front_of(self) -> dict[tuple[str, ...], ParetoFront]:
        return {}

    def with_targets(self, targets: Sequence[str], /) -> "Benchmark":
        """The same benchmark, which answers for all its space.

        Raises
        ------
        InputError
            If a target is unknown in this space.
        """
        for target in targets:
            if target not in self.metrics:
                self.model(target)
        return self

    def with_metrics(self, *metrics: Metric) -> "Benchmark":
        """The same benchmark, which also answers for metrics of one's own; one of a name that is there replaces it."""
        return replace(self, metrics=checked_metrics(metrics, self.space, self.metrics))

    def restrict(self, space: SearchSpace) -> "Benchmark":
        """The same answers on a smaller space of one's own, all of whose choices this one offers.

        >>> import hwbench_mo as hb
        >>> small = hb.SearchSpace(name="mine", embed_dim=(192,), n_layer=(10,), mlp_ratio=(2, 4), n_head=(4, 8))
        >>> hb.load_benchmark("gpt_s").restrict(small).space.size
        2097152
        """
        rows = rows_within(self.space, space)
        return Benchmark(
            space,
            {name: model.restrict(self.space, space) for name, model in self.models.items()},
            {name: table.take(rows) for name, table in self.noise.items()},
            self.manifest,
            {name: error.restrict(self.space, space) for name, error in self.errors.items()},
            {kind: support.restrict(self.space, space) for kind, support in self.support.items()},
            self.metrics,
        )
