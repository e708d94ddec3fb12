"""A page of a whole space and of one of a user's own, in a browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import hwbench_mo as hb
from hwbench_mo import Benchmark, SearchSpace
from hwbench_mo.explorer import page_of
from tests.support.browser import Opened, chromium, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OWN = SearchSpace(name="mine", embed_dim=(192, 768), n_layer=(10, 12), mlp_ratio=(2, 4), n_head=(4, 8, 12))


@pytest.fixture(scope="module")
def benches() -> dict[str, Benchmark]:
    whole = hb.load_benchmark("gpt_s")
    return {"gpt_s": whole, "mine": whole.restrict(OWN)}


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
