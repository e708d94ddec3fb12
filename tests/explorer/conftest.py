"""Pages in a browser: of spaces that ship, of one of a user's own, and of tables of no structure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import hwbench_mo as hb
from hwbench_mo import Benchmark, SearchSpace
from hwbench_mo.explorer import page_of
from tests.support.browser import Opened, chromium, opened
from tests.support.limits import limited_benchmark
from tests.support.spaces import space_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TERMS = ((), ("by_depth", "pairs"), ("products",), ("by_depth", "pairs", "products"))
OWN = SearchSpace(name="mine", embed_dim=(192, 768), n_layer=(10, 12), mlp_ratio=(2, 4), n_head=(4, 8, 12))


def random_bench(seed: int) -> Benchmark:
    """With every part that a model can have; more columns of cells than are bounded together."""
    space = replace(space_of([3, 9], 2 + seed % 2, 3), name=f"random_{seed}")
    return limited_benchmark(space, seed, TERMS[seed % len(TERMS)])


@pytest.fixture(scope="module")
def benches() -> dict[str, Benchmark]:
    whole = hb.load_benchmark("gpt_s")
    several = [whole, whole.restrict(OWN), *map(random_bench, range(4))]
    return {bench.space.name: bench for bench in several}


@pytest.fixture(scope="module")
def random_benches() -> list[Benchmark]:
    return [random_bench(seed) for seed in range(4, 16)]


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as opened_once:
        yield opened_once


@pytest.fixture(scope="module")
def shown(browser: "Browser", benches: dict[str, Benchmark], tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(page_of(list(benches.values())), encoding="utf-8")
    return opened(browser, path)


@pytest.fixture(scope="module")
def shown_all(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(page_of([hb.load_benchmark(name) for name in ("gpt_s", "gpt_m", "gpt_l")]), encoding="utf-8")
    return opened(browser, path)


@pytest.fixture(scope="module")
def shown_random(
    browser: "Browser", random_benches: list[Benchmark], tmp_path_factory: pytest.TempPathFactory
) -> Opened:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(page_of(random_benches), encoding="utf-8")
    return opened(browser, path)
