"""What the explorer computes with: the tables of each space by count vector, packed."""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

from hwbench_mo import Benchmark, load_benchmark
from hwbench_mo.benchmark.cells import cells_of
from hwbench_mo.recommendation import count_tables
from hwbench_mo.targets import UNITS, Target

LEVELS = (0.05, 0.5, 0.95)
"""Quantiles that the page shows, and the last of them it can limit."""
Z = 1.6448536269514722
"""Standard errors that count against an architecture where 95 % of measurements are to stay within a limit."""


def limitable(benchmark: Benchmark) -> list[str]:
    """Metrics that can be limited in the page: those that depend on counts alone, but for MACs and FLOPs."""
    cells = cells_of(benchmark)
    names = [name for name in benchmark.targets if name not in ("perplexity", "accuracy", "macs", "flops")]
    return [name for name in names if name not in cells.by_order(names)]


def tables_of(space: str) -> dict[str, Any]:
    """The tables of a space, with what a page needs to know besides."""
    benchmark = load_benchmark(space)
    names = limitable(benchmark)
    tables = count_tables(benchmark, ["perplexity"], levels=LEVELS)
    others = count_tables(benchmark, names, levels=LEVELS, orders=False)
    tables["targets"] |= others["targets"]
    for name, told in tables["targets"].items():
        target = Target.parse(name)
        told |= {"metric": target.metric, "device": target.device, "unit": UNITS.get(target.metric)}
    device = next(iter(benchmark.devices.values()))
    tables |= {"z": Z, "batch": benchmark.space.batch_size, "sequence": device.sequence}
    return tables


def packed(spaces: Sequence[str]) -> str:
    """The tables of all spaces: JSON, deflated, in letters that HTML leaves alone."""
    text = json.dumps({space: tables_of(space) for space in spaces}, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
