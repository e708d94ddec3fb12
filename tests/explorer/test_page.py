"""The page in a headless browser: each of its numbers is the library's, and it answers as it is moved."""

import re
import shlex
from statistics import median

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import Benchmark, InfeasibleError, InputError
from hwbench_mo.__main__ import main
from hwbench_mo.explorer import page_of
from hwbench_mo.explorer.tables import LEVELS
from tests.support.browser import Opened, needs_browser
from tests.support.explorer import (
    DRAG,
    asked,
    check_front,
    check_random_fronts,
    predictions,
    shown_architecture,
    view,
    wait_until,
)

MOST_BYTES = 6_000_000
WITHIN = {"gpt_s": 50, "gpt_m": 50, "gpt_l": 200}
"""Milliseconds for an answer to a drag, at the median."""
QUERIES: dict[str, list[tuple[tuple[str, str], dict[str, float], float | None]]] = {
    "gpt_s": [
        (("perplexity", "latency@a100"), {}, None),
        (("perplexity", "latency@rtx2080"), {"latency@rtx2080": 60.0, "energy@rtx2080": 0.004}, 0.95),
        (("accuracy", "memory_bfloat16"), {"latency@v100": 30.0, "accuracy": 0.38, "flops": 1.5e12}, 0.9),
    ],
    "mine": [(("perplexity", "params"), {"latency@h200": 12.0, "memory_float16": 900.0, "perplexity": 27.0}, 0.99)],
    "gpt_m": [
        (("perplexity", "latency@rtx3080"), {"latency@rtx3080": 40.0, "memory_bfloat16": 900.0}, 0.95),
        (("perplexity", "energy@v100"), {"latency@v100": 60.0, "perplexity": 27.0, "energy@a40": 0.006}, 0.9),
        (("accuracy", "energy@rtx3080"), {"energy@rtx3080": 0.01, "accuracy": 0.38}, None),
    ],
    "gpt_l": [
        (("perplexity", "latency@h200"), {}, None),
        (("perplexity", "latency@rtx3080"), {"latency@rtx3080": 40.0, "energy@a100": 0.01}, 0.95),
        (("accuracy", "memory_bfloat16"), {"latency@rtx3080": 40.0, "latency@a100": 20.0, "latency@v100": 50.0}, 0.99),
    ],
}


def check_predictions(shown: Opened, bench: Benchmark, n: int) -> None:
    codes = bench.space.sample(n, np.random.default_rng(0))
    for target in bench.targets:
        p = bench.predict(codes, target)
        found = predictions(shown, bench, codes, target, LEVELS)
        expected = np.column_stack([p.median, p.standard_error, p.support, p.quantile(LEVELS)])
        np.testing.assert_allclose(found[:, 0], expected[:, 0], rtol=5e-16, err_msg=target)
        np.testing.assert_allclose(found[:, 1:], expected[:, 1:], rtol=1e-9, atol=1e-12, err_msg=target)


def check_fronts(shown: Opened, bench: Benchmark) -> None:
    for objectives, limits, confidence in QUERIES.get(bench.space.name, []):
        assert check_front(shown, bench, objectives, limits, confidence) > 1


@needs_browser
def test_page_loads_nothing_and_all_numbers_are_the_librarys(shown: Opened, benches: dict[str, Benchmark]) -> None:
    for bench in benches.values():
        check_predictions(shown, bench, 3)
        check_fronts(shown, bench)
    assert shown.said == []
    assert len(shown.asked_for) == 1
    assert shown.asked_for[0].startswith("file:")


@needs_browser
def test_fronts_of_tables_of_no_structure(shown: Opened, benches: dict[str, Benchmark]) -> None:
    n_points = [check_random_fronts(shown, bench, 0, 8) for name, bench in benches.items() if "random" in name]
    assert min(n_points) > 10


@needs_browser
@pytest.mark.slow
def test_fronts_of_many_tables_of_no_structure(shown_random: Opened, random_benches: list[Benchmark]) -> None:
    n_points = [check_random_fronts(shown_random, bench, 1, 60) for bench in random_benches]
    assert min(n_points) > 100


@needs_browser
@pytest.mark.parametrize("goal", ["perplexity", "accuracy", "cost"])
def test_the_command_that_is_copied_gives_the_same_answer(
    shown: Opened, goal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = {"latency@rtx3080": 30.0, "memory_bfloat16": 400.0, **({"perplexity": 33.0} if goal == "cost" else {})}
    view(shown, "gpt_s", limits=limits, goal=goal)
    least = {"perplexity": "perplexity", "accuracy": None, "cost": "latency@rtx3080"}[goal]
    greatest = "accuracy" if goal == "accuracy" else None
    r = hb.recommend("gpt_s", minimise=least, maximise=greatest, limits=limits, confidence=0.95)
    bench, architecture = hb.load_benchmark("gpt_s"), shown_architecture(shown)
    codes = bench.space.encode([architecture])
    assert bench.predict(codes, r.goal).median[0] == r.value
    uses = asked(shown, "return limitUse(State.space, Page.found.architecture).map((one) => one.kept);")
    assert uses == [True] * len(limits)
    command = asked(shown, "return commandOf(Page.found);")
    assert command == shown.page.inner_text("#command")
    assert command.startswith("python -m hwbench_mo recommend gpt_s ")
    assert main(shlex.split(command)[3:]) == 0
    assert capsys.readouterr().out.split(":")[0].split(", with")[0] == str(r).split(", with")[0]


@needs_browser
def test_where_nothing_keeps_the_limits_the_page_says_what_would(shown: Opened) -> None:
    limits = {"latency@rtx3080": 4.0, "memory_bfloat16": 400.0}
    view(shown, "gpt_s", limits=limits)
    assert "No architecture" in shown.page.inner_text("#headline")
    assert not shown.page.is_visible("#layers")
    wait_until(shown, "document.getElementById('subline').textContent.includes('Loosen one')")
    said = re.search(r"latency on RTX 3080 to ([\d.]+)\sms", shown.page.inner_text("#subline"))
    assert said is not None
    enough = float(said[1])
    hb.recommend("gpt_s", limits=limits | {"latency@rtx3080": enough})
    with pytest.raises(InfeasibleError):
        hb.recommend("gpt_s", limits=limits | {"latency@rtx3080": enough * (1 - 2e-5)})


@needs_browser
def test_keys_walk_along_the_front_and_change_layers(shown: Opened) -> None:
    page = shown.page
    view(shown, "gpt_s", limits={"latency@rtx3080": 20.0})
    best, headline = shown_architecture(shown), page.inner_text("#headline")
    page.focus("#chart")
    for key in ("ArrowLeft", "ArrowLeft", "PageUp"):
        page.keyboard.press(key)
    assert shown_architecture(shown) != best
    assert "A point of the front" in page.inner_text("#headline")
    page.keyboard.press("Home")
    assert shown_architecture(shown) == best
    assert page.inner_text("#headline") == headline
    page.focus("#layers [data-slot='0']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.click("#change tbody button >> nth=0")
    changed = shown_architecture(shown)
    assert changed.mlp_ratio[1] != best.mlp_ratio[1]
    assert changed.n_head == best.n_head
    assert "Changed by hand" in page.inner_text("#headline")
    assert page.is_disabled("#copy-command")
    page.click("#back")
    assert shown_architecture(shown) == best
    page.focus("#limits input[type=range]")
    page.keyboard.press("ArrowLeft")
    wait_until(
        shown,
        "State.limits[0].bound < 20 && decodeURIComponent(location.hash).includes(`3080=${State.limits[0].bound}`)",
    )
    before = asked(shown, "return State.limits;")
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert asked(shown, "return State.limits;") == before
    assert shown.said == []


def test_spaces_that_nobody_measured_are_refused() -> None:
    with pytest.raises(InputError, match=r"gpt_s_wide.*no perplexity"):
        page_of([hb.load_benchmark("gpt_s_wide")])
    with pytest.raises(InputError, match="at least one space"):
        page_of([])


@needs_browser
@pytest.mark.slow
def test_all_numbers_of_all_spaces(shown_all: Opened) -> None:
    for name in ("gpt_s", "gpt_m", "gpt_l"):
        bench = hb.load_benchmark(name)
        check_predictions(shown_all, bench, 50)
        check_fronts(shown_all, bench)
    assert shown_all.said == []


@needs_browser
@pytest.mark.slow
def test_a_drag_is_answered_at_once_by_a_small_page(shown_all: Opened) -> None:
    assert len(shown_all.page.content()) < MOST_BYTES
    for name, within in WITHIN.items():
        view(shown_all, name, limits={"latency@rtx3080": 40.0, "memory_bfloat16": 1500.0, "energy@a100": 0.005})
        times = asked(shown_all, DRAG, 20)
        print(f"{name}: {len(times)} drags, median {median(times):.0f} ms, most {max(times):.0f} ms")
        assert median(times) <= within


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 800, 1300])
def test_page_is_no_wider_than_its_screen(shown_all: Opened, width: int) -> None:
    page = shown_all.browser.new_page(viewport={"width": width, "height": 844}, color_scheme="dark")
    page.goto(shown_all.page.url.partition("#")[0])
    page.wait_for_selector("html[data-ready=yes]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = """[...document.querySelectorAll("button, input, select, [tabindex]")].filter((one) =>
        !one.textContent.trim() && !one.getAttribute("aria-label") && !one.labels?.length).length"""
    assert page.evaluate(unnamed) == 0
    page.close()
