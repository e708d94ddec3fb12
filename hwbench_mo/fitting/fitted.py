"""What a fit of one target gives, and what the fits of all targets share."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hwbench_mo.fitting.distribution import Distribution
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Bools, Codes, Floats


@dataclass(frozen=True, eq=False)
class Fitted:
    """One target: its tables, their error, the distribution around them, and facts about the fit for the manifest."""

    model: AdditiveModel
    error: TableError
    distribution: Distribution
    facts: dict[str, Any]


def folds(n: int, n_folds: int) -> Iterator[Bools]:
    """``[n]`` masks of the rows that are left out; every row once."""
    for fold in range(n_folds):
        yield np.arange(n) % n_folds == fold


def answers(space: SearchSpace, model: AdditiveModel, codes: Codes) -> Floats:
    """``[n]``; what a model answers of codes."""
    return Kernel(space, [model])(codes)[:, 0]


def with_distribution(model: AdditiveModel, distribution: Distribution) -> AdditiveModel:
    """The model whose values are medians: the median ratio of measurement to sum moves into the tables or a curve."""
    if distribution.curve is not None:
        return replace(model, curve=distribution.curve)
    factors = distribution.factors
    if model.link == "exp":
        return replace(model, base=model.base + np.log(factors)[..., None])
    return model.scaled(factors)
