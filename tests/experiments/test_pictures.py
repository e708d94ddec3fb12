"""Pictures: what is drawn is what the tables say, names are labels and no formulas, and all of it is for print."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.compare import main as compare_main
from experiments.reports.pictures import (
    fronts,
    plot_critical_difference,
    plot_difference,
    plot_fronts,
    plot_hypervolume,
    plot_runtimes,
)
from hwbench_mo import InputError, make_problem, simulate
from hwbench_mo.assessment import Comparison, attainment_difference, compare
from hwbench_mo.assessment.ranks import rankings
from hwbench_mo.assessment.runtime import runtime_table
from hwbench_mo.plotting import Page, styles_of
from hwbench_mo.typing import Floats
from optimizers import LocalSearch, RandomSearch
from tests.support.comparisons import comparison_of

NARROW = Page(3.3)
NAMES = [
    "random_search",
    "nsga2",
    "moead",
    "nsga3",
    "sms_emoa",
    "spea2",
    "age_moea2",
    "morea",
    "moasha",
    "motpe",
    "lsbo",
]
HOSTILE = "$x^{ <b>\n\\frac"


def runs_of(objectives: Sequence[str], *, seeds: int = 2, budget: int = 12) -> Comparison:
    problem = make_problem("gpt_s", objectives)
    runs = [
        simulate(problem, make(problem, seed=seed), budget=budget, config={"optimizer": {"name": name}, "seed": seed})
        for name, make in (("random_search", RandomSearch), ("local_search", LocalSearch))
        for seed in range(seeds)
    ]
    (comparison,) = compare(runs, indicators=["regret"])
    return comparison


@pytest.fixture(scope="module")
def two() -> Comparison:
    return runs_of(["perplexity", "latency@a100"])


def line_of(line: Any) -> tuple[Floats, Floats]:
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def labels_of(axes: Any) -> set[str]:
    return {text.get_text().replace("\n", " ") for text in axes.texts}


@pytest.mark.parametrize("page", [Page(), NARROW])
def test_eleven_curves_are_labelled_where_they_end(page: Page) -> None:
    comparison = comparison_of({name: [0.1 + place / 50, 0.2] for place, name in enumerate(NAMES)})
    figure = plot_hypervolume(comparison, page)
    share, regret = figure.axes
    styles = styles_of(NAMES)
    for axes in (share, regret):
        assert set(NAMES) <= labels_of(axes)
        drawn = {line.get_label(): line for line in axes.lines if line.get_label() in NAMES}
        assert {name: line.get_color() for name, line in drawn.items()} == {
            name: style.colour for name, style in styles.items()
        }
    ends = {line.get_label(): line_of(line)[1][-1] for line in regret.lines if line.get_label() in NAMES}
    for group in comparison.groups:
        assert ends[group.label] == pytest.approx(np.median(group.regrets[:, -1]))
    places = [axes.get_position() for axes in (share, regret)]
    assert bool(places[0].y0 > places[1].y1) == page.is_narrow
    assert "over 2 seeds" in figure.get_suptitle()


def test_one_seed_is_said_in_words_and_has_no_band() -> None:
    figure = plot_hypervolume(comparison_of({"nsga2": [0.1], "moead": [0.2]}))
    assert "1 seed each: no band" in figure.get_suptitle()
    assert not figure.axes[0].collections
    mixed = plot_hypervolume(comparison_of({"nsga2": [0.1], "moead": [0.2, 0.3]}))
    assert "nsga2 (1 seed)" in labels_of(mixed.axes[0])
    assert "over 1 to 2 seeds (no band where there is 1 seed)" in mixed.get_suptitle().replace("\n", " ")


@pytest.mark.slow
def test_of_many_optimizers_the_best_are_told_apart() -> None:
    comparison = comparison_of({f"mine_{place}": [0.1 + place / 300] for place in range(30)})
    for figure in (plot_hypervolume(comparison), plot_runtimes([comparison])):
        assert "the best 17 of 30 optimizers; the others in grey" in figure.get_suptitle()
        assert {f"mine_{place}" for place in range(17)} <= labels_of(figure.axes[0])
        assert "mine_17" not in labels_of(figure.axes[0])
    other = comparison_of({f"mine_{place}": [0.1 + place / 300] for place in range(30)}, space="gpt_m")
    (ranking, *_) = rankings([comparison, other])
    assert "the best 17 of 30 optimizers" in plot_critical_difference(ranking, NARROW).get_suptitle()


def test_names_are_no_formulas_and_no_markup(two: Comparison) -> None:
    comparison = comparison_of({HOSTILE: [0.1, 0.2], "nsga2": [0.2, 0.2]})
    for figure in (plot_hypervolume(comparison, NARROW), plot_runtimes([comparison])):
        figure.draw_without_rendering()


def test_two_objectives_have_a_zoom_on_the_knee(two: Comparison) -> None:
    figure = plot_fronts(two)
    whole, zoom = figure.axes
    assert {"random_search", "local_search"} <= labels_of(whole)
    x, y = zoom.get_xlim(), zoom.get_ylim()
    assert whole.get_xlim()[0] <= x[0] < x[1] <= whole.get_xlim()[1]
    front = two.problem.pareto_front().values
    inside = (front > [x[0], y[0]]).all(axis=1) & (front < [x[1], y[1]]).all(axis=1)
    assert 0 < inside.sum() < len(front)
    normalised = two.problem.normalise(front)
    assert np.asarray(inside)[np.argmin(normalised.max(axis=1))]


@pytest.mark.parametrize("m", [3, 4])
def test_more_objectives_are_a_matrix_of_pairs(m: int) -> None:
    names = ["perplexity", "latency@a100", "energy@a100", "params"][:m]
    comparison = runs_of(names, seeds=1)
    for page in (Page(), NARROW):
        figure = plot_fronts(comparison, page)
        assert len(figure.axes) == m * (m - 1) // 2
        assert figure.axes[-1].get_xlabel().startswith(names[-2])
        (legend,) = figure.legends
        box = legend.get_window_extent()
        assert not any(box.overlaps(axes.get_window_extent()) for axes in figure.axes)
        assert box.x1 <= figure.bbox.x1
        assert [text.get_text() for text in legend.get_texts()] == [group.label for group in comparison.groups]


def test_of_many_objectives_the_first_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronts, "MOST_OBJECTIVES", 3)
    figure = plot_fronts(runs_of(["perplexity", "latency@a100", "energy@a100", "params"], seeds=1))
    assert len(figure.axes) == 3
    assert "pairs of the first 3 of 4 objectives" in figure.get_suptitle()


def test_runtimes_are_those_of_the_table() -> None:
    comparisons = [comparison_of({"nsga2": [0.01, 0.02], "moead": [0.2, 0.3]}) for _ in range(2)]
    (axes,) = plot_runtimes(comparisons).axes
    table = runtime_table(comparisons)
    for name in ("nsga2", "moead"):
        (line,) = [line for line in axes.lines if line.get_label() == name]
        rows = table[table["optimizer"] == name]
        x, y = line_of(line)
        assert x[:-1].tolist() == rows["budget"].tolist()
        assert y[:-1].tolist() == rows["share"].tolist()
        assert x[-1] == 100  # nothing more was reached until the end
    one = comparison_of({"nsga2": [0.01], "moead": [0.2], "mine": [0.1]}, space="gpt_m")
    assert "mine (1 of 2 problems)" in labels_of(plot_runtimes([comparisons[0], one]).axes[0])


def test_bars_join_what_cannot_be_told_apart() -> None:
    finals = {"nsga2": [0.1], "moead": [0.2], "nsga3": [0.3]}
    devices = ("a100", "h100", "rtx3080", "epyc_7513")
    (ranking,) = rankings([comparison_of(finals, objectives=("perplexity", f"latency@{one}")) for one in devices])
    (axes,) = plot_critical_difference(ranking).axes
    bars = [line_of(line)[0] for line in axes.lines if line.get_linewidth() > 2.5]
    assert (
        [(round(float(bar.min())), round(float(bar.max()))) for bar in bars]
        == [(1, 2), (2, 3)]
        == [(ranking.optimizers.index(own[0]) + 1, ranking.optimizers.index(own[-1]) + 1) for own in ranking.alike]
    )
    assert {"nsga2  1.00", "moead  2.00", "nsga3  3.00"} <= labels_of(axes)


def test_a_difference_has_the_sign_of_who_attains_more(two: Comparison) -> None:
    from matplotlib.colors import to_rgb

    figure = plot_difference(two, "local_search", "random_search", NARROW)
    axes = figure.axes[0]
    by_label = {group.label: group for group in two.groups}
    found = attainment_difference(by_label["local_search"], by_label["random_search"])
    # Of each optimizer's colour there are as many rectangles as the difference has of its sign.
    hues = [tuple(np.argsort(patch.get_facecolor()[:3])) for patch in axes.patches]
    n_first = hues.count(tuple(np.argsort(to_rgb(styles_of(["local_search"])["local_search"].colour))))
    edge = np.maximum(two.problem.nadir, np.where(np.isfinite(found[:, 2:4]), found[:, 2:4], 0).max(axis=0))
    inside = (found[:, :2] < np.minimum(found[:, 2:4], edge)).all(axis=1)
    assert (n_first, len(hues)) == (int((found[inside, 4] > 0).sum()), int(inside.sum()))
    with pytest.raises(InputError, match="unknown optimizer 'nsga2'"):
        plot_difference(two, "nsga2", "random_search")


def save(comparison_runs: Path, *, seeds: int = 2) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    for name, make in (("random_search", RandomSearch), ("local_search", LocalSearch)):
        for seed in range(seeds):
            config = {"optimizer": {"name": name}, "seed": seed}
            run = simulate(problem, make(problem, seed=seed), budget=12, config=config)
            run.save(comparison_runs / f"{name}-{seed}.parquet")


@pytest.mark.slow
def test_the_command_writes_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path)
    options = ["--format", "pdf", "--width", "84mm", "--against", "hours"]
    assert compare_main([str(tmp_path), *options, "--difference", "random_search", "local_search"]) == 0
    stem = "gpt_s-perplexity-latency@a100"
    names = {f"{stem}-hypervolume-hours", f"{stem}-fronts", f"{stem}-difference", "runtimes-hours"}
    assert {path.stem for path in tmp_path.glob("*.pdf")} == {path.stem for path in tmp_path.glob("*.png")} == names
    from PIL import Image

    with Image.open(tmp_path / f"{stem}-fronts.png") as image:
        assert image.width == pytest.approx(84 / 25.4 * 300, abs=1)
    capsys.readouterr()
    for wrong, said in (
        (["--width", "3.3"], "width is '3.3'"),
        (["--difference", "random_search", "nsga2"], "unknown optimizer 'nsga2'"),
        (["--difference", "random_search", "random_search"], "but both are random_search"),
    ):
        assert compare_main([str(tmp_path), *wrong]) == 2
        told = capsys.readouterr().err
        assert told.startswith("error: ")
        assert said in told
        assert told.count("\n") == 1
