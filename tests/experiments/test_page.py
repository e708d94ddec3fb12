"""The report in a browser: what it shows is right, and names are never run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.assessment import Comparison, read_runs
from hwbench_mo.pareto import hypervolume
from optimizers import RandomSearch
from tests.experiments.conftest import HOSTILE, SHOWN_BUDGET
from tests.support.browser import Opened, at_the_start, needs_browser, opened, scripted
from tests.support.commands import run

pytestmark = needs_browser


@pytest.fixture(autouse=True)
def begin(shown: Opened) -> None:
    at_the_start(shown)


def test_nothing_is_loaded_said_or_run_from_names(shown: Opened, reported: Path) -> None:
    assert shown.asked_for == [(reported / "report.html").as_uri()]
    assert not shown.said
    assert shown.page.evaluate("() => window.hacked") is None
    assert shown.page.title() == "A <b>title</b>"
    printed = HOSTILE.replace("\u2028", "\\u2028")
    assert printed in [chip.text_content() for chip in shown.page.locator(".chip").all()]
    assert printed in (shown.page.locator("#table-standings").text_content() or "")


@pytest.mark.parametrize("m", [1, 2, 3])
def test_hypervolumes_are_those_of_the_library(shown: Opened, m: int) -> None:
    rng = np.random.default_rng(m)
    for n, digits in ((1, 3), (40, 1), (300, 6)):  # of one digit, many coordinates are equal
        points = np.round(rng.random((n, m)) * 1.4, digits)
        reference = np.full(m, 1.1) + 0.1 * np.arange(m)
        given = points.ravel().tolist(), reference.tolist()
        found = scripted(shown, "return Hypervolume.of(given[0], given[1])", *given)
        assert found == pytest.approx(hypervolume(points, reference=reference), abs=1e-12)


@pytest.mark.parametrize("reference", [(1.1, 1.1, 1.1), (2.0, 1.5, 1.2), (0.4, 0.9, 0.7)])
@pytest.mark.parametrize("evaluations", [10, SHOWN_BUDGET])
def test_the_ranking_is_that_of_the_runs(
    shown: Opened, comparisons: Sequence[Comparison], reported: Path, reference: tuple[float, ...], evaluations: int
) -> None:
    for place, comparison in enumerate(comparisons):
        problem, m = comparison.problem, len(comparison.problem.objectives)
        best = hypervolume(problem.normalise(problem.pareto_front().values), reference=np.array(reference[:m]))
        wanted: dict[str, list[float]] = {}
        for one in read_runs(reported):
            if one.objectives == problem.objectives:
                points = problem.normalise(one.centre[:evaluations])
                regret = 1 - hypervolume(points, reference=np.array(reference[:m])) / best
                wanted.setdefault(str(one.config["optimizer"]["name"]), []).append(regret)
        found = scripted(
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


def test_curves_are_of_the_chosen_indicator_and_axis(shown: Opened, comparisons: Sequence[Comparison]) -> None:
    page = shown.page
    group = comparisons[0].groups[0]
    for indicator, against in (("igd_plus", "hours"), ("found", "evaluations"), ("regret", "seconds")):
        page.select_option("#indicator", indicator)
        page.select_option("#against", against)
        drawn = scripted(
            shown,
            "return data('curves').filter((one) => one.name).map((one) => [one.name, [...one.x], [...one.y]])",
        )
        wanted = np.median(group.curves(indicator), axis=0)
        x, y = next((x, y) for name, x, y in drawn if name == group.label.replace("\u2028", "\\u2028"))
        assert y == pytest.approx(wanted, rel=1e-3, abs=1e-9)
        assert x == pytest.approx(np.median([getattr(run, against) for run in group.runs], axis=0), rel=1e-3)
    assert page.locator("#log-y").is_checked()
    page.uncheck("#log-y")
    assert scripted(shown, "return document.getElementById('curves').layout.yaxis.type") == "linear"
    page.check("#log-y")


def test_a_problem_of_one_objective_has_no_fronts(shown: Opened, tmp_path: Path) -> None:
    problem = hb.make_problem("gpt_s", ["latency@a100"])
    config = {"optimizer": {"name": "alone"}}
    hb.simulate(problem, RandomSearch(problem, seed=0), budget=20, config=config).save(tmp_path / "seed-0.parquet")
    assert run("experiments.report", str(tmp_path)).returncode == 0
    found = opened(shown.browser, tmp_path / "report.html")
    assert not found.page.locator("#fronts").is_visible()
    assert found.page.locator("#handle").is_hidden()
    assert "alone" in found.page.locator("#ranking").inner_text()
    assert "exact optimum" in found.page.locator("#architecture").inner_text()
    assert not found.said
    found.page.close()
