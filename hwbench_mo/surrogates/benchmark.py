"""The benchmark of one space: every target's model and noise, loaded from the package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, overload

import numpy as np

from hwbench_mo.errors import InputError, unknown
from hwbench_mo.spaces import SPACES, SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.space import BIAS, EMBED_DIM
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.artifact import SHIPPED, read_artifact
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.evaluator import Evaluator
from hwbench_mo.surrogates.noise import QuantileTable
from hwbench_mo.surrogates.prediction import Prediction
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.tabular import TabularBenchmark, load_table
from hwbench_mo.surrogates.uncertainty import TableError
from hwbench_mo.targets import ALL_TARGETS, CLOSED_FORM, QUALITY, Target
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
        Where the models come from: checksum, fingerprint of the data, versions. Empty where nothing was fitted.
    errors
        How well the table of each measured target is known.
    support
        How far measured architectures reach, of ``quality`` and of ``hardware`` targets.

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

    def __post_init__(self) -> None:
        for model in self.models.values():
            model.check_fits(self.space)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that `predict` answers here."""
        return tuple(name for name in ALL_TARGETS if name in self.models or name in CLOSED_FORM)

    def model(self, target: str, /) -> AdditiveModel:
        """The additive model behind a target.

        Raises
        ------
        InputError
            If there is no such target, or none in this space.
        """
        name = Target.parse(target).name
        if name in self.models:
            return self.models[name]
        if name in CLOSED_FORM:
            return closed_form(self.space, name)
        raise InputError(
            f"space {self.space.name!r} has no {name!r}: only {', '.join(self.targets)} are known there; "
            f"{', '.join(MEASURED)} were measured"
        )

    def predict(self, codes: object, target: str, /) -> Prediction:
        """The distribution of one measurement of ``target`` for each row of ``codes`` ``[n, d]``.

        Raises
        ------
        InputError
            If the codes are not of this space or the target is unknown here.
        """
        evaluator = self._evaluator(target)
        valid = self.space.validate(codes)
        name = Target.parse(target).name
        return Prediction(
            target=name,
            space=self.space,
            codes=valid,
            median=evaluator(valid)[:, 0],
            noise=self.noise.get(name),
            groups=self.space.groups(valid),
            error_of_median=lambda: self._standard_error(name, valid),
            support_of_codes=lambda: self._support(name, valid),
        )

    def _standard_error(self, target: str, codes: Codes) -> Floats:
        if target in CLOSED_FORM:
            return np.zeros(len(codes))
        if target not in self.errors:
            return np.full(len(codes), np.nan)
        model = self.model(target)
        sums = Evaluator(self.space, [replace(model, link="identity", curve=None)])(codes)[:, 0]
        slope = model.slope(sums, codes[:, EMBED_DIM], codes[:, BIAS])
        return np.asarray(slope * self.errors[target].standard_error(self.space, codes))

    def _support(self, target: str, codes: Codes) -> Floats:
        if target in CLOSED_FORM:
            return np.ones(len(codes))
        kind = "quality" if target in QUALITY else "hardware"
        if kind not in self.support:
            return np.full(len(codes), np.nan)
        return self.support[kind].share(self.space, codes)

    def _evaluator(self, target: str) -> Evaluator:
        if target not in self._evaluators:
            self._evaluators[target] = self.evaluator([target])
        return self._evaluators[target]

    @cached_property
    def _evaluators(self) -> dict[str, Evaluator]:
        return {}

    def evaluator(self, targets: Sequence[str]) -> Evaluator:
        """A kernel for several targets at once, one a column."""
        return Evaluator(self.space, [self.model(target) for target in targets])

    def restrict(self, space: SearchSpace) -> "Benchmark":
        """The same answers on a smaller space of one's own, all of whose choices this one offers.

        >>> import hwbench_mo as hb
        >>> small = hb.SearchSpace(name="mine", embed_dim=(192,), n_layer=(10,), mlp_ratio=(2, 4), n_head=(4, 8))
        >>> hb.load_benchmark("gpt_s").restrict(small).space.size
        2097152
        """
        for name in ("embed_dim", "n_layer", "mlp_ratio", "n_head", "bias"):
            for choice in getattr(space, name):
                if choice not in getattr(self.space, name):
                    offered = ", ".join(map(str, getattr(self.space, name)))
                    raise InputError(
                        f"{name} of space {space.name!r} holds {choice}, but {self.space.name!r} offers {offered}"
                    )
        if space.batch_size != self.space.batch_size:
            raise InputError(
                f"batch_size of space {space.name!r} is {space.batch_size}, but {self.space.name!r} was measured "
                f"with {self.space.batch_size}"
            )
        rows = np.array(
            [
                self.space.embed_dim.index(embed_dim) * len(self.space.bias) + self.space.bias.index(bias)
                for embed_dim in space.embed_dim
                for bias in space.bias
            ]
        )
        return Benchmark(
            space,
            {name: model.restrict(self.space, space) for name, model in self.models.items()},
            {name: table.take(rows) for name, table in self.noise.items()},
            self.manifest,
            {name: error.restrict(self.space, space) for name, error in self.errors.items()},
            {kind: support.restrict(self.space, space) for kind, support in self.support.items()},
        )


@overload
def load_benchmark(space: str, /, *, artifacts: str | PathLike[str] | None = None) -> Benchmark: ...


@overload
def load_benchmark(space: str, /, *, table: str | PathLike[str]) -> TabularBenchmark: ...


def load_benchmark(
    space: str, /, *, artifacts: str | PathLike[str] | None = None, table: str | PathLike[str] | None = None
) -> Benchmark | TabularBenchmark:
    """The benchmark of a space by name: ``gpt_s``, ``gpt_m`` or ``gpt_l``, or a wide one with closed forms only.

    Parameters
    ----------
    space
        Its name.
    artifacts
        A folder that ``python -m hwbench_mo.fitting`` wrote; by default what ships with the package.
    table
        A folder of measurements, which then answer themselves; the space is the measured architectures.

    Raises
    ------
    InputError
        If the space is unknown, its artifact or its measurements are missing, corrupted or foreign, or both a table and
        artifacts are given.
    """
    if space not in SPACES:
        raise unknown("space", space, SPACES)
    if table is not None:
        if artifacts is not None:
            raise InputError(f"table is {str(table)!r} and artifacts are {str(artifacts)!r}, but one answers: name one")
        return load_table(SPACES[space], table)
    return _load_shipped(space) if artifacts is None else _load(space, Path(artifacts))


@lru_cache
def _load_shipped(name: str) -> Benchmark:
    return _load(name, SHIPPED)


def _load(name: str, folder: Path) -> Benchmark:
    space = SPACES[name]
    if name not in MEASURED:
        return Benchmark(space)
    return Benchmark(space, *read_artifact(space, folder))
