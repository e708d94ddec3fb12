"""The explorer in a browser gives the answers of `hb.recommend`, number by number."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from tests.support.browser import Opened, chromium, needs_browser, opened
from tests.support.commands import run

SET = """([limits, sure]) => {
  const E = hwbenchExplorer;
  E.set({limits: Object.entries(limits).map(([name, bound]) => ({name, bound})), sure, picked: null});
  if (!E.best) return null;
  const value = (name, cell = E.best) => E.tables.value(cell.block, name, E.tables.sum(cell.block, name, cell.i, cell.j))[0];
  const metrics = {};
  for (const name of E.tables.names) {
    const {block, i, j} = E.best, median = value(name);
    const slope = E.tables.value(block, name, E.tables.sum(block, name, i, j))[1];
    metrics[name] = [median, slope * E.tables.error(block, name, i, j), E.tables.quantile(block, name, median, 0), E.tables.quantile(block, name, median, 2)];
  }
  return {perplexity: value("perplexity"), architecture: JSON.parse(E.json()), metrics, front: E.front.map((one) => [one.x, one.y])};
}"""  # noqa: E501


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    done = run("experiments.explore", "--out", str(path))
    assert done.returncode == 0, done.stderr
    assert path.stat().st_size <= 6e6
    with chromium() as browser:
        yield opened(browser, path)


def answer(page: Opened, space: str, limits: dict[str, float], *, sure: bool = True) -> Any:
    page.page.select_option("#space", space)
    return page.page.evaluate(SET, [limits, sure])


def check(page: Opened, space: str, limits: dict[str, float], *, sure: bool = True) -> Any:
    found = answer(page, space, limits, sure=sure)
    expected = hb.recommend(space, limits=limits, confidence=0.95 if sure else None)
    assert found["perplexity"] == pytest.approx(expected.value, rel=1e-12)
    told = hb.Architecture.from_dict({**expected.architecture.to_dict(), **found["architecture"]})
    bench = hb.load_benchmark(space)
    code = bench.space.encode([told])
    assert bench.predict(code, "perplexity").median[0] == pytest.approx(expected.value, rel=1e-12)
    for name, (median, error, low, high) in found["metrics"].items():
        p = bench.predict(code, name)
        assert [median, low, high] == pytest.approx([p.median[0], *p.quantile([0.05, 0.95])[0]], rel=1e-10), name
        assert error == pytest.approx(p.standard_error[0], rel=1e-6, abs=1e-12), name
    return found


@needs_browser
def test_answers_are_those_of_recommend(page: Opened) -> None:
    check(page, "gpt_s", {"latency@rtx3080": 30.0, "memory_bfloat16": 500.0})
    check(page, "gpt_s", {"latency@rtx3080": 30.0}, sure=False)
    found = check(page, "gpt_s", {"latency@a100": 15.0, "energy@v100": 0.0008, "params": 5e7})
    front = np.array(found["front"])
    assert (np.diff(front[:, 0]) > 0).all()
    assert (np.diff(front[:, 1]) < 0).all()


@needs_browser
def test_points_of_the_front_are_on_the_exact_one(page: Opened) -> None:
    page.page.select_option("#space", "gpt_s")
    page.page.select_option("#metric", "latency@rtx3080")
    front = np.array(answer(page, "gpt_s", {"memory_bfloat16": 400.0}, sure=False)["front"])
    exact = hb.make_problem("gpt_s", ["perplexity", "latency@rtx3080"], constraints={"memory_bfloat16": 400.0})
    values = exact.pareto_front().values
    assert len(front) > 50
    for x, y in front:  # nothing that is feasible is better in both
        assert not ((values[:, 1] <= x * (1 - 1e-3)) & (values[:, 0] < y * (1 - 1e-3))).any()
        assert ((values[:, 1] <= x * (1 + 1e-9)) & (values[:, 0] <= y * (1 + 1e-9))).any()


@needs_browser
def test_what_cannot_be_kept_is_said(page: Opened) -> None:
    assert answer(page, "gpt_s", {"latency@a100": 1.0}) is None
    assert "The least latency on a100 of any architecture is" in (page.page.text_content("#infeasible") or "")
    assert page.page.is_hidden("#answer")


@needs_browser
def test_controls_do_what_they_say(page: Opened) -> None:
    shown = page.page
    shown.select_option("#space", "gpt_s")
    before = shown.text_content("#perplexity")
    shown.focus("#limits input[type=range]")
    for _ in range(60):
        shown.keyboard.press("ArrowLeft")
    assert float(shown.text_content("#perplexity") or 0) > float(before or 0)
    n_limits = shown.locator("#limits .limit").count()
    shown.click("#add")
    assert shown.locator("#limits .limit").count() == n_limits + 1
    shown.click("#limits .limit:last-child button")
    assert shown.locator("#limits .limit").count() == n_limits
    shown.locator("#front circle.point").first.dispatch_event("click")
    assert shown.text_content("#kind") == "Picked from the front"
    command = shown.text_content("#command") or ""
    assert command.startswith("python -m hwbench_mo recommend gpt_s --limit latency@rtx3080=")
    told = json.loads(shown.evaluate("hwbenchExplorer.json()"))
    assert shown.locator("#layers tbody tr").count() == told["n_layer"]


@needs_browser
def test_nothing_is_loaded_and_nothing_goes_wrong(page: Opened) -> None:
    assert page.said == []
    assert len(page.asked_for) == 1


@needs_browser
@pytest.mark.slow
def test_large_spaces(page: Opened) -> None:
    check(page, "gpt_m", {"latency@rtx3080": 40.0, "memory_bfloat16": 900.0})
    check(page, "gpt_l", {"latency@a100": 25.0, "memory_bfloat16": 1500.0})
    check(page, "gpt_l", {"latency@epyc_7513": 3000.0, "params": 3e8, "energy@h100": 0.002})


def test_mistakes_are_answered_in_a_line(tmp_path: Path) -> None:
    wrong = run("experiments.explore", "--space", "gpt_x", "--out", str(tmp_path / "page.html"))
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("error: unknown space 'gpt_x'; valid, nearest first: gpt_")
    assert run("experiments.explore", "--space", "gpt_s", "--out", str(tmp_path)).returncode == 2
