"""What a search through cells of count vectors needs of a benchmark: `Benchmark` is one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from hwbench_mo.benchmark.metric import Metric
from hwbench_mo.benchmark.prediction import Prediction
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel
from hwbench_mo.surrogates.quantiles import QuantileTable
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.typing import Codes, Values


class Tabled(Protocol):
    """Tables of a space, and metrics of one's own beside them."""

    def __hash__(self) -> int:
        """By what it is, not what it holds."""
        ...

    @property
    def space(self) -> SearchSpace:
        """What is searched."""
        ...

    @property
    def models(self) -> Mapping[str, AdditiveModel]:
        """Of measured targets."""
        ...

    @property
    def noise(self) -> Mapping[str, QuantileTable]:
        """Of a measurement of measured targets."""
        ...

    @property
    def errors(self) -> Mapping[str, TableError]:
        """How well tables are known."""
        ...

    @property
    def support(self) -> Mapping[str, Support]:
        """How far measured architectures reach."""
        ...

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """Of one's own, by name."""
        ...

    def model(self, target: str, /) -> AdditiveModel:
        """The table of a target."""
        ...

    def scale(self, target: str, /) -> AdditiveModel:
        """What is done to sums of a target in a cell."""
        ...

    def kernel(self, targets: Sequence[str], /) -> Callable[[Codes], Values]:
        """Noise-free values ``[n, k]``."""
        ...

    def predict(self, codes: Codes, target: str, /) -> Prediction:
        """The distribution of one measurement."""
        ...
