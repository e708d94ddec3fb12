"""Metrics of one's own that tests share, and a plain twin of fronts."""

from collections.abc import Mapping, Sequence

import numpy as np

from hwbench_mo import Benchmark, LayerCounts, Metric, Space
from hwbench_mo.benchmark.front import front_of, signs_of
from hwbench_mo.typing import Codes, Floats, Values
from tests.support.spaces import codes_of


def heads(counts: LayerCounts) -> Floats:
    """A sum over layers."""
    return np.asarray(counts.total_heads * 0.1, dtype=np.float64)


def lumpy(counts: LayerCounts) -> Floats:
    """No sum over layers: a maximum, a product and a root."""
    busiest = np.maximum(counts.mlp_ratio.max(axis=1), counts.n_head.max(axis=1))
    found = np.sqrt(counts.embed_dim) * busiest + counts.total_heads * counts.total_mlp_ratio - 7.0 * counts.bias
    return np.asarray(found, dtype=np.float64)


def late_heads(codes: Codes, space: Space) -> Floats:
    """Depends on the order of layers."""
    chosen = np.array(space.n_head)[codes[:, space.head_genes]]
    return np.asarray((chosen * np.arange(1, chosen.shape[1] + 1)).sum(axis=1), dtype=np.float64)


def metric(name: str = "lumpy", *, maximise: bool = False, cost: float = 0.0) -> Metric:
    """One of those."""
    function = {"heads": heads, "lumpy": lumpy, "late_heads": late_heads}[name]
    of = "codes" if name == "late_heads" else "counts"
    return Metric(name=name, function=function, of=of, unit="u", maximise=maximise, cost=cost)  # type: ignore[arg-type]


def slow_front(benchmark: Benchmark, objectives: Sequence[str], limits: Mapping[str, float]) -> Values:
    """The twin: every architecture is asked."""
    codes = codes_of(benchmark.space)
    inside = np.ones(len(codes), dtype=bool)
    for name, bound in limits.items():
        (sign,) = signs_of([name])
        inside &= sign * benchmark.predict(codes, name).median <= sign * bound
    columns = [benchmark.predict(codes[inside], name).median for name in objectives]
    return front_of(codes[inside], np.stack(columns, axis=1) * signs_of(objectives)).values
