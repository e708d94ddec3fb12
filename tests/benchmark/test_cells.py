import numpy as np
import pytest

from hwbench_mo import InputError, load_benchmark
from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.cells import Cells
from hwbench_mo.benchmark.columns import ErrorColumn
from tests.support.limits import limited_benchmark
from tests.support.spaces import SMALL, space_of


@pytest.mark.parametrize("target", ["perplexity", "accuracy", "latency@a100", "params"])
def test_codes_of_cells_have_their_values(target: str) -> None:
    bench = limited_benchmark(SMALL, 0, ("by_depth", "pairs", "products"))
    cells = Cells(bench)
    for at, block in enumerate(cells.blocks):
        i, j = (part.ravel() for part in np.indices((len(block.mlp), len(block.head))))
        codes = cells.codes(at, i, j, target if bench.model(target).by_order else "perplexity")
        column = cells.column(at, target)
        sign = -1 if target == "accuracy" else 1
        np.testing.assert_array_equal(column.at(i, j), column.sums(slice(0, len(block.mlp))).ravel())
        values = cells.value(at, target, column.at(i, j))
        np.testing.assert_allclose(sign * values, bench.predict(codes, target).median, rtol=1e-14)


def test_standard_errors_of_cells_are_those_of_their_architectures() -> None:
    bench = limited_benchmark(SMALL, 0)
    cells, name = Cells(bench), "latency@a100"
    for at, block in enumerate(cells.blocks):
        error = ErrorColumn.of(bench.errors[name], block)
        i, j = (part.ravel() for part in np.indices((len(block.mlp), len(block.head))))
        found = error.at(i, j)
        np.testing.assert_allclose(found, bench.predict(cells.codes(at, i, j, None), name).standard_error)
        assert found.max() == pytest.approx(error.most)
        assert found.max() <= error.most


def test_shipped_values_of_cells_are_exact() -> None:
    for name in ("gpt_s", "gpt_m", "gpt_l"):
        bench = load_benchmark(name)
        cells, rng = Cells(bench), np.random.default_rng(0)
        for at in (0, len(cells.blocks) - 1):
            i, j = (rng.integers(n, size=20) for n in (len(cells.blocks[at].mlp), len(cells.blocks[at].head)))
            codes = cells.codes(at, i, j, "perplexity")
            for target in ("perplexity", "latency@rtx3080", "memory_bfloat16"):
                values = cells.value(at, target, cells.column(at, target).at(i, j))
                np.testing.assert_array_equal(values, bench.predict(codes, target).median)


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(InputError, match=r"pairs of count vectors .*: offer fewer choices"):
        Cells(Benchmark(space_of([30], 6, 6)))
