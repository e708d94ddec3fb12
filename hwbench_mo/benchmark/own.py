"""Metrics of one's own beside tables: which a benchmark has, their values, and where fronts are exact with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.spaces import SearchSpace, Space
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.typing import Codes, Values

MOST_ENUMERATED = 1 << 18
"""Architectures of a space that are all asked, where a metric depends on the order of layers."""
NO_METRICS: Mapping[str, Metric] = MappingProxyType({})


def checked_metrics(metrics: Iterable[object], space: Space, known: Mapping[str, Metric]) -> Mapping[str, Metric]:
    """Those that are known and others, by name; of one name, the new one. They are tried on a few architectures.

    Raises
    ------
    InputError
        If one is no `Metric`, two have the same name, or answers are not as they must be.
    """
    if isinstance(metrics, Metric) or not isinstance(metrics, Iterable):
        raise InputTypeError(f"metrics are {metrics!r}, but must be a list of hb.Metric")
    found: dict[str, Metric] = {}
    for place, metric in enumerate(metrics):
        if not isinstance(metric, Metric):
            raise InputTypeError(f"metrics[{place}] is {metric!r}, but must be an hb.Metric")
        if metric.name in found:
            raise InputError(f"metrics[{place}] is {metric.name!r}, which is there already: names must differ")
        metric.check(space)
        found[metric.name] = metric
    return MappingProxyType({**known, **found})


class MixedKernel:
    """Noise-free values of targets of which some are metrics of one's own.

    Parameters
    ----------
    space
        What the codes are of.
    targets
        Names, one a column.
    metrics
        Those of one's own, by name.
    tables
        Answers all other targets, in their order.
    """

    def __init__(
        self,
        space: Space,
        targets: Sequence[str],
        metrics: Mapping[str, Metric],
        tables: Callable[[Codes], Values] | None,
    ) -> None:
        self._space, self._tables, self._n = space, tables, len(targets)
        self._own = [(place, metrics[name]) for place, name in enumerate(targets) if name in metrics]
        self._others = [place for place, name in enumerate(targets) if name not in metrics]

    def __call__(self, codes: Codes, /) -> Values:
        """``[n, m]``; for codes that ``space.validate`` passed."""
        values = np.empty((len(codes), self._n))
        if self._tables is not None:
            values[:, self._others] = self._tables(codes)
        for place, metric in self._own:
            values[:, place] = metric.of_codes(self._space, codes)
        return values


def by_codes(metrics: Mapping[str, Metric], targets: Iterable[str]) -> list[str]:
    """Those of the targets that are metrics of one's own and depend on the order of layers."""
    return [name for name in dict.fromkeys(targets) if name in metrics and metrics[name].of == "codes"]


def not_given(name: str) -> InputError:
    """The error where a benchmark does not know a metric that was defined."""
    return InputError(
        f"{name!r} is a metric of one's own, and this benchmark does not have it: give it, make_problem(…, "
        f"metrics=[…]) or benchmark.with_metrics(…), or to a command problem.metrics=[my_package.{name}] or --metrics"
    )


def no_exact(name: str, space: Space) -> InputError:
    """The error where an answer would not be exact."""
    return InputError(
        f"metric {name!r} may depend on the order of layers (of='codes'): what is best among the {space.size:.3g} "
        f"architectures of {space.name!r} is known only where all can be asked, up to {MOST_ENUMERATED}; write it as a "
        "function of counts, or restrict the space; evaluations and simulations work without"
    )


def every_code(name: str, space: SearchSpace) -> Codes:
    """``[n, d]``; all architectures of a small space.

    Raises
    ------
    InputError
        If the space is large.
    """
    if space.size > MOST_ENUMERATED:
        raise no_exact(name, space)
    return np.array(list(space.enumerate()), dtype=np.int64)


def plain_scale(space: SearchSpace) -> AdditiveModel:
    """Values that are their own sums: no link, no curve, no order of layers."""
    e, b = len(space.embed_dim), len(space.bias)
    return AdditiveModel(
        base=np.zeros((e, b, len(space.n_layer))),
        mlp=np.zeros((e, b, 1, len(space.mlp_ratio))),
        head=np.zeros((e, b, 1, len(space.n_head))),
    )
