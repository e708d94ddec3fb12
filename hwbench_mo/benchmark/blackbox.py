"""What a problem needs of a benchmark. Nothing is to be inherited."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, Self, runtime_checkable

from hwbench_mo.benchmark.front import ParetoFront
from hwbench_mo.benchmark.prediction import Prediction
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Values


@runtime_checkable
class BlackBox(Protocol):
    """Answers for the architectures of a space. `Benchmark` and `TabularBenchmark` are two."""

    @property
    def space(self) -> Space:
        """What is searched."""
        ...

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of everything that is answered."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Where the answers come from: ``sha256`` of what decides them, and ``table`` if measured rows answer."""
        ...

    def predict(self, codes: Codes, target: str, /) -> Prediction:
        """The distribution of one measurement of ``target`` for each row of ``codes`` ``[n, d]``."""
        ...

    def kernel(self, targets: Sequence[str], /) -> Callable[[Codes], Values]:
        """Noise-free values ``[n, k]`` of k targets at once, in their own direction, for codes that passed
        ``space.validate``."""
        ...

    def pareto_front(self, objectives: Sequence[str], /) -> ParetoFront:
        """The exact Pareto front of noise-free values, every objective minimised; computed once.

        Raises
        ------
        InputError
            If it is too large to compute.
        """
        ...

    def with_targets(self, targets: Sequence[str], /) -> Self:
        """The part of the benchmark in which all of ``targets`` are known.

        Raises
        ------
        InputError
            If there is none; what is known is named.
        """
        ...
