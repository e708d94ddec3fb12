"""The report in a browser: every control does what it says."""

from collections.abc import Sequence

import pytest

from hwbench_mo.assessment import Comparison
from tests.experiments.conftest import SHOWN, SHOWN_BUDGET
from tests.support.browser import Opened, at_the_start, needs_browser, scripted

pytestmark = [needs_browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def begin(shown: Opened) -> None:
    at_the_start(shown)


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
        assert rows.count() == len(SHOWN)
        drawn = scripted(shown, "return data('fronts').map((trace) => trace.meta.optimizer)")
        assert {one for one in drawn if one is not None} == {1}
        assert scripted(shown, "return data('curves').filter((one) => one.opacity < 1).length") == 2
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
    assert scripted(shown, "return State.now.chosen.size") == 1


def test_a_problem_is_selected_everywhere(shown: Opened, comparisons: Sequence[Comparison]) -> None:
    page = shown.page
    page.click("#overview tbody th button >> nth=1")
    title = comparisons[1].title
    assert page.locator("#problem option:checked").text_content() == title
    assert page.locator("#overview tr.current th").text_content() == title
    across = scripted(shown, "return document.getElementById('fronts').layout.xaxis.title.text")
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
    assert scripted(shown, "return State.now.references.get(2)[0]") == 1.7
    assert scripted(shown, "return State.now.references.get(2)[1]") == pytest.approx(moved[1] + 0.05)
    page.click("#reference button[data-reference='1.1']")
    assert page.locator("#ranking").inner_text() == before


def test_time_is_played(shown: Opened) -> None:
    page = shown.page
    final = page.locator("#ranking").inner_text()
    page.locator("#time").fill("4")
    assert page.locator("#time-text").text_content() == f"5 of {SHOWN_BUDGET} evaluations"
    assert page.locator("#ranking").inner_text() != final
    assert "after 5 evaluations" in (page.locator("#overview-title + p").text_content() or "")
    page.locator("#time").fill(str(int(page.get_attribute("#time", "max") or 0) - 2))
    page.click("#play")
    page.wait_for_selector("#play[aria-pressed=true]")
    page.wait_for_selector("#play[aria-pressed=false]")
    assert page.locator("#time-text").text_content() == f"{SHOWN_BUDGET} of {SHOWN_BUDGET} evaluations"
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


def test_keys_do_what_the_page_says(shown: Opened) -> None:
    page = shown.page
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("]")
    assert scripted(shown, "return State.now.problem") == 1
    page.keyboard.press("[")
    page.keyboard.press(",")
    assert f"{SHOWN_BUDGET} of" not in (page.locator("#time-text").text_content() or "")
    page.keyboard.press(".")
    assert f"{SHOWN_BUDGET} of" in (page.locator("#time-text").text_content() or "")
    page.locator("#fronts").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("#architecture li").count() > 0
    assert "exact" not in page.locator("#architecture b").inner_text()
    page.keyboard.press("Enter")
    assert scripted(shown, "return State.now.chosen.size") == 1
    page.keyboard.press("Escape")
    assert scripted(shown, "return State.now.chosen.size") == 0


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
    for _ in range(100):  # pictures follow when the window has come to rest
        if (width := scripted(shown, "return document.querySelector('#fronts .main-svg').clientWidth")) <= 390:
            break
        page.wait_for_timeout(100)
    assert width <= 390
    page.set_viewport_size({"width": 1300, "height": 900})
    assert not shown.said
    assert len(shown.asked_for) == 1
