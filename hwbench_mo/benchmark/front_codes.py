"""Architectures that attain every point of the front of a benchmark's objectives, by the fastest exact way."""

import time
from collections.abc import Sequence

from hwbench_mo.benchmark.cell_front import cell_codes
from hwbench_mo.benchmark.cells import cells_of
from hwbench_mo.benchmark.front import candidate_codes, signs_of
from hwbench_mo.benchmark.front_cache import LEAST_SECONDS, front_key, read_front, write_front
from hwbench_mo.benchmark.goal import goal_of
from hwbench_mo.benchmark.own import by_codes, every_code
from hwbench_mo.benchmark.tabled import Tabled
from hwbench_mo.typing import Codes


def front_codes(benchmark: Tabled, names: Sequence[str]) -> Codes:
    """``[n, d]``; by dynamic programming over layers, whose result is kept on disk if it takes long.

    With metrics of one's own: by going through all cells of count vectors, or through all architectures of a small
    space where one depends on the order of layers. Nothing is then kept on disk.
    """
    if ordered := by_codes(benchmark.metrics, names):
        return every_code(ordered[0], benchmark.space)
    if any(name in benchmark.metrics for name in names):
        return cell_codes(cells_of(benchmark), [goal_of(name) for name in names], [])
    signs = signs_of(names).tolist()
    models = [benchmark.model(name) for name in names]
    key = front_key(benchmark.space, models, signs)
    codes = read_front(key, benchmark.space)
    if codes is None:
        start = time.perf_counter()
        codes = candidate_codes(benchmark.space, models, signs)
        if time.perf_counter() - start > LEAST_SECONDS:
            write_front(key, codes)
    return codes
