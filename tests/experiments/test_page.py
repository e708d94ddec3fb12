"""The report in a browser: what it shows is right, and every control does what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from experiments.report import main as report_main
from hwbench_mo.assessment import Comparison, read_runs
from hwbench_mo.pareto import hypervolume
from optimizers import NSGA2, LocalSearch, RandomSearch
from tests.support.browser import Opened, chromium, needs_browser, opened

pytestmark = needs_browser

NAME = "</script><script>window.hacked = 1</script>\"'&\u2028☃ <img src=x onerror=hacked()>"
"""Of an optimizer."""
PROBLEMS = (["perplexity", "latency@a100"], ["perplexity", "latency@a100", "energy@a100"], ["accuracy", "params"])
BUDGET = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for objectives in PROBLEMS:
        problem = hb.make_problem("gpt_s", objectives)
        for name, optimizer in (("random_search", RandomSearch), ("nsga2", NSGA2), (NAME, LocalSearch)):
            for seed in range(3):
                own: dict[str, Any] = {"pop_size": 20} if optimizer is NSGA2 else {}
                config = {"seed": seed, "budget": BUDGET, "optimizer": {"name": name, **own}}
                run = hb.simulate(problem, optimizer(problem, seed=seed, **own), budget=BUDGET, config=config)
                run.save(folder / problem.name / f"{optimizer.__name__}-{seed}.parquet")
    assert report_main([str(folder), "--title", "A <b>title</b>"]) == 0
    return folder


@pytest.fixture(scope="module")
def comparisons(folder: Path) -> list[Comparison]:
    return hb.compare(read_runs(folder))


@pytest.fixture(scope="module")
def shown(folder: Path) -> Iterator[Opened]:
    with chromium() as browser:
        yield opened(browser, folder / "report.html")


@pytest.fixture(autouse=True)
def at_the_start(shown: Opened) -> None:
    """Every test begins with the first problem, nothing selected, at the end of the time."""
    shown.page.evaluate(
        "() => hwbenchReport.State.set({problem: 0, chosen: new Set(), tick: Infinity, references: new Map(),"
        " indicator: 'regret', against: 'evaluations'})"
    )
    shown.page.keyboard.press("Home")


def test_nothing_is_loaded_said_or_run_from_names(shown: Opened, folder: Path) -> None:
    assert shown.asked_for == [(folder / "report.html").as_uri()]
    assert not shown.said
    assert shown.page.evaluate("() => window.hacked") is None
    assert shown.page.title() == "A <b>title</b>"
    printed = NAME.replace("\u2028", "\\u2028")
    assert printed in [chip.text_content() for chip in shown.page.locator(".chip").all()]
    assert printed in (shown.page.locator("#table-standings").text_content() or "")


def _scripted(shown: Opened, expression: str, *arguments: object) -> Any:
    """What a function body of JavaScript returns that knows the page's parts, ``data`` of a picture, and ``given``."""
    names = "const {Hypervolume, Runs, State} = hwbenchReport; const data = (id) => document.getElementById(id).data;"
    return shown.page.evaluate(f"(given) => {{ {names} {expression} }}", [*arguments])


@pytest.mark.parametrize("m", [1, 2, 3])
def test_hypervolumes_are_those_of_the_library(shown: Opened, m: int) -> None:
    rng = np.random.default_rng(m)
    for n, digits in ((1, 3), (40, 1), (300, 6)):  # of one digit, many coordinates are equal
        points = np.round(rng.random((n, m)) * 1.4, digits)
        reference = np.full(m, 1.1) + 0.1 * np.arange(m)
        given = points.ravel().tolist(), reference.tolist()
        found = _scripted(shown, "return Hypervolume.of(given[0], given[1])", *given)
        assert found == pytest.approx(hypervolume(points, reference=reference), abs=1e-12)


@pytest.mark.parametrize("reference", [(1.1, 1.1, 1.1), (2.0, 1.5, 1.2), (0.4, 0.9, 0.7)])
@pytest.mark.parametrize("evaluations", [10, BUDGET])
def test_the_ranking_is_that_of_the_runs(
    shown: Opened, comparisons: Sequence[Comparison], folder: Path, reference: tuple[float, ...], evaluations: int
) -> None:
    for place, comparison in enumerate(comparisons):
        problem, m = comparison.problem, len(comparison.problem.objectives)
        best = hypervolume(problem.normalise(problem.pareto_front().values), reference=np.array(reference[:m]))
        wanted: dict[str, list[float]] = {}
        for run in read_runs(folder):
            if run.objectives == problem.objectives:
                points = problem.normalise(run.centre[:evaluations])
                regret = 1 - hypervolume(points, reference=np.array(reference[:m])) / best
                wanted.setdefault(str(run.config["optimizer"]["name"]), []).append(regret)
        found = _scripted(
            shown,
            "return Runs.ranking(Runs.data.problems[given[0]], given[1], given[2])"
            ".map((one) => [Runs.data.optimizers[one.group.optimizer].name, one.median, one.low, one.high])",
            place, evaluations, reference[:m],
        )  # fmt: skip
        assert [median for _, median, _, _ in found] == sorted(median for _, median, _, _ in found)
        for name, *figures in found:
            own = wanted[name.replace("\\u2028", "\u2028")]
            assert figures == pytest.approx(np.quantile(own, [0.5, 0.25, 0.75]), rel=1e-3, abs=1e-4)


def test_a_hovered_point_shows_its_architecture(shown: Opened, comparisons: Sequence[Comparison]) -> None:
    page = shown.page
    page.locator("#fronts").scroll_into_view_if_needed()
    points = page.locator("#fronts .scatterlayer .points path")
    problem = comparisons[0].problem
    assert problem.objectives == ("accuracy", "params")
    for nth in (5, points.count() - 1):
        points.nth(nth).scroll_into_view_if_needed()
        points.nth(nth).hover(force=True)
        page.wait_for_selector("#fronts .hoverlayer .hovertext")
        label = page.locator("#fronts .hoverlayer .hovertext").first.text_content() or ""
        one = page.locator("#architecture").inner_text().replace("\n", " ")
        layers = page.locator("#architecture li")
        pairs = [layers.nth(i).locator("span").all_inner_texts() for i in range(layers.count())]
        architecture = hb.Architecture(
            embed_dim=int(one.split("embed_dim ")[1].split(",")[0]),
            n_layer=len(pairs),
            mlp_ratio=tuple(int(pair[0]) for pair in pairs),
            n_head=tuple(int(pair[1]) for pair in pairs),
            bias="no bias" not in one,
        )
        accuracy, params = np.abs(problem.evaluate(problem.space.encode([architecture]))[0])
        assert float(label.split("accuracy ")[1].split("params")[0]) == pytest.approx(accuracy, rel=1e-3)
        assert f"{params:.5g}"[:3].replace(".", "") in label.split("params ")[1].replace(".", "")


def test_a_click_selects_an_optimizer_everywhere(shown: Opened) -> None:
    page = shown.page
    for first, second in (
        (".chip[data-optimizer='1']", "#ranking button[data-optimizer='1']"),
        ("#overview th button[data-optimizer='1']", "#table-standings button[data-optimizer='1'] >> nth=0"),
    ):
        page.click(first)
        assert page.get_attribute(".chip[data-optimizer='1']", "aria-pressed") == "true"
        assert page.locator(".chip.faint").count() == 2
        assert page.locator("#ranking button.faint").count() == 2
        assert page.locator("#overview th.faint").count() == 2
        rows = page.locator("#table-standings tbody tr:not(.faint)")
        assert rows.count() == len(PROBLEMS)
        drawn = _scripted(shown, "return data('fronts').map((trace) => trace.meta.optimizer)")
        assert {one for one in drawn if one is not None} == {1}
        assert _scripted(shown, "return data('curves').filter((one) => one.opacity < 1).length") == 2
        page.click(second)
        assert page.locator(".faint").count() == 0
    page.click(".chip[data-optimizer='0']")
    page.click("#clear")
    assert page.locator(".faint").count() == 0


def test_a_click_on_a_line_or_a_point_selects_its_optimizer(shown: Opened) -> None:
    page = shown.page
    page.locator("#fronts").scroll_into_view_if_needed()
    points = page.locator("#fronts .scatterlayer .trace").last.locator(".points path")
    box = points.first.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert _scripted(shown, "return State.now.chosen.size") == 1


def test_a_problem_is_selected_everywhere(shown: Opened, comparisons: Sequence[Comparison]) -> None:
    page = shown.page
    page.click("#overview tbody th button >> nth=1")
    title = comparisons[1].title
    assert page.locator("#problem option:checked").text_content() == title
    assert page.locator("#overview tr.current th").text_content() == title
    across = _scripted(shown, "return document.getElementById('fronts').layout.xaxis.title.text")
    assert across == comparisons[1].problem.objectives[0]
    assert page.locator("#axes").is_visible() == (len(comparisons[1].problem.objectives) > 2)
    page.uncheck("#all-problems")
    assert page.locator("#table-standings tbody tr:visible").count() == 3
    cells = page.locator("#table-standings tbody tr:not([hidden]) td.of-problem").all_text_contents()
    assert set(cells) == {title}
    page.check("#all-problems")
    assert page.locator("#table-standings tbody tr:visible").count() == 9
    page.select_option("#problem", index=2)
    assert page.locator("#overview tr.current th").text_content() == comparisons[2].title


def test_the_reference_point_moves_and_the_ranking_follows(shown: Opened) -> None:
    page = shown.page
    page.select_option("#problem", index=2)
    before = page.locator("#ranking").inner_text()
    page.locator("#fronts").scroll_into_view_if_needed()
    box = page.locator("#handle").bounding_box()
    assert box
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] - 150, box["y"] + 140, steps=4)
    page.mouse.up()
    moved = [float(one.input_value()) for one in page.locator("#reference input").all()]
    assert all(0.3 < one < 1.0 for one in moved)
    assert page.locator("#ranking").inner_text() != before
    page.locator("#handle").press("ArrowUp")
    page.locator("#reference input").first.fill("1.7")
    page.locator("#reference input").first.press("Enter")
    assert _scripted(shown, "return State.now.references.get(2)[0]") == 1.7
    assert _scripted(shown, "return State.now.references.get(2)[1]") == pytest.approx(moved[1] + 0.05)
    page.click("#reference button[data-reference='1.1']")
    assert page.locator("#ranking").inner_text() == before


def test_time_is_played(shown: Opened) -> None:
    page = shown.page
    final = page.locator("#ranking").inner_text()
    page.locator("#time").fill("4")
    assert page.locator("#time-text").text_content() == f"5 of {BUDGET} evaluations"
    assert page.locator("#ranking").inner_text() != final
    assert "after 5 evaluations" in (page.locator("#overview-title + p").text_content() or "")
    page.locator("#time").fill(str(int(page.get_attribute("#time", "max") or 0) - 2))
    page.click("#play")
    page.wait_for_selector("#play[aria-pressed=true]")
    page.wait_for_selector("#play[aria-pressed=false]")
    assert page.locator("#time-text").text_content() == f"{BUDGET} of {BUDGET} evaluations"
    assert page.locator("#ranking").inner_text() == final


def test_tables_sort(shown: Opened) -> None:
    page = shown.page
    head = page.locator("#table-standings th", has_text="median")
    column = head.evaluate("(head) => head.cellIndex")
    cells = page.locator(f"#table-standings tbody tr td:nth-child({column + 1})")
    for direction in ("ascending", "descending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == direction
        medians = [float((text or "").split(" ")[0]) for text in cells.all_text_contents()]
        assert medians == sorted(medians, reverse=direction == "descending")
    page.click("#table-standings th.words:has-text('optimizer') button")
    names = page.locator("#table-standings tbody button.name").all_text_contents()
    assert names == sorted(names, key=lambda name: (name[0].isalpha(), name))


def test_curves_are_of_the_chosen_indicator_and_axis(shown: Opened, comparisons: Sequence[Comparison]) -> None:
    page = shown.page
    group = comparisons[0].groups[0]
    for indicator, against in (("igd_plus", "hours"), ("found", "evaluations"), ("regret", "seconds")):
        page.select_option("#indicator", indicator)
        page.select_option("#against", against)
        drawn = _scripted(
            shown,
            "return data('curves').filter((one) => one.name).map((one) => [one.name, [...one.x], [...one.y]])",
        )
        wanted = np.median(group.curves(indicator), axis=0)
        x, y = next((x, y) for name, x, y in drawn if name == group.label.replace("\u2028", "\\u2028"))
        assert y == pytest.approx(wanted, rel=1e-3, abs=1e-9)
        assert x == pytest.approx(np.median([getattr(run, against) for run in group.runs], axis=0), rel=1e-3)
    assert page.locator("#log-y").is_checked()
    page.uncheck("#log-y")
    assert _scripted(shown, "return document.getElementById('curves').layout.yaxis.type") == "linear"
    page.check("#log-y")


def test_keys_do_what_the_page_says(shown: Opened) -> None:
    page = shown.page
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("]")
    assert _scripted(shown, "return State.now.problem") == 1
    page.keyboard.press("[")
    page.keyboard.press(",")
    assert f"{BUDGET} of" not in (page.locator("#time-text").text_content() or "")
    page.keyboard.press(".")
    assert f"{BUDGET} of" in (page.locator("#time-text").text_content() or "")
    page.locator("#fronts").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("#architecture li").count() > 0
    assert "exact" not in page.locator("#architecture b").inner_text()
    page.keyboard.press("Enter")
    assert _scripted(shown, "return State.now.chosen.size") == 1
    page.keyboard.press("Escape")
    assert _scripted(shown, "return State.now.chosen.size") == 0


def test_dark_light_print_and_phone(shown: Opened) -> None:
    page = shown.page
    colours = []
    for kind in ("dark", "light", "system"):
        page.click("#theme")
        assert kind in (page.locator("#theme").text_content() or "")
        colours.append(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1] == colours[2]
    page.emulate_media(media="print")
    assert not page.locator("#controls").is_visible()
    assert page.locator("#table-standings table").is_visible()
    page.emulate_media(media="screen", color_scheme="dark")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == colours[0]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.wait_for_timeout(300)  # pictures follow when the window has come to rest
    assert page.evaluate("() => document.querySelector('#fronts .main-svg').clientWidth") <= 390
    page.set_viewport_size({"width": 1300, "height": 900})
    assert not shown.said
    assert len(shown.asked_for) == 1


def test_a_problem_of_one_objective_has_no_fronts(shown: Opened, tmp_path: Path) -> None:
    problem = hb.make_problem("gpt_s", ["latency@a100"])
    run = hb.simulate(problem, RandomSearch(problem, seed=0), budget=20, config={"optimizer": {"name": "alone"}})
    replace(run, provenance={**run.provenance, "identity": "1"}).save(tmp_path / "seed-0.parquet")
    assert report_main([str(tmp_path)]) == 0
    found = opened(shown.browser, tmp_path / "report.html")
    assert not found.page.locator("#fronts").is_visible()
    assert found.page.locator("#handle").is_hidden()
    assert "alone" in found.page.locator("#ranking").inner_text()
    assert "exact optimum" in found.page.locator("#architecture").inner_text()
    assert not found.said
    found.page.close()
