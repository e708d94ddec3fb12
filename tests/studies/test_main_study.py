"""The study: what it runs, in which order, and what it concludes from the curves that ship."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from experiments.sweeps.catalogue import choices
from hwbench_mo import InputError
from hwbench_mo.assessment import Comparison, load_baselines
from hwbench_mo.assessment.baselines import SHIPPED
from hwbench_mo.assessment.comparison import comparisons_of
from studies.main_study import __main__ as command
from studies.main_study.conclusion import conclude, tables_of
from studies.main_study.design import BLOCKS, MODEL_BASED, OTHERS, PARTS, Part
from studies.main_study.pictures import spread
from studies.main_study.questions import RANDOM, against, at_hundred, at_thousand, counts_against
from tests.support.comparisons import comparison_of
from tests.support.spaces import ROOT


def test_it_is_of_all_optimizers_and_of_27_problems() -> None:
    assert sorted([*MODEL_BASED, *OTHERS]) == choices("optimizer")
    main, *_ = PARTS
    assert (len(main.spaces) * len(main.objectives), main.budget, main.seeds) == (27, 1000, 20)
    (models,) = (part for part in PARTS if part.folder == "models")
    assert (len(models.spaces) * len(models.objectives), models.budget, models.seeds) == (9, 100, 10)
    for condition in ("n_workers=4", "problem.noise=sample"):
        parts = [part for part in PARTS if condition in part.settings]
        assert sorted({name for part in parts for name in part.optimizers}) == choices("optimizer")
        assert len({(part.spaces, part.objectives) for part in parts}) == 2


def test_any_beginning_is_a_study_of_fewer_seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines: list[list[str]] = []

    class Ended:
        returncode = 0

    def run(words: list[str], **_: object) -> Ended:
        lines.append(words)
        return Ended()

    monkeypatch.setattr(subprocess, "run", run)
    assert command.run(tmp_path, seeds=20, launcher="ray", overrides=["hydra.launcher.address=auto"]) == 0
    seeds = [next(word for word in words if word.startswith("seeds=")) for words in lines]
    assert seeds[: len(PARTS)] == ["seeds=[0,1,2,3,4]"] * len(PARTS)
    assert Counter(seeds)["seeds=[15,16,17,18,19]"] == sum(part.seeds == 20 for part in PARTS)
    assert [sum(map(len, (part.of_block(block) for block in BLOCKS))) for part in PARTS] == [p.seeds for p in PARTS]
    for words in lines:
        assert {"hydra/launcher=ray", "hydra.launcher.address=auto", "-m"} <= set(words)
    lines.clear()
    command.run(tmp_path, seeds=3, launcher="joblib", overrides=[])
    assert len(lines) == len(PARTS)
    assert all("seeds=[0,1,2]" in words for words in lines)


def test_an_interrupted_sweep_ends_the_study(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Killed:
        returncode = -9

    monkeypatch.setattr(subprocess, "run", lambda *_, **__: Killed())
    assert command.main(["--out", str(tmp_path)]) == 130


def test_without_runs_there_is_nothing_to_conclude(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--no-runs", "--out", str(tmp_path)]) == 2
    assert "has no runs of the study" in capsys.readouterr().err
    with pytest.raises(InputError, match="has no runs of the study"):
        conclude(tmp_path, baselines=tmp_path / "b.parquet", document=None, pictures=tmp_path)


def test_what_is_run_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    assert f"{sum(part.n_runs for part in PARTS)} runs in all" in capsys.readouterr().out
    assert Part("x", ("a", "b"), ("s",), (("p", "q"), ("r",)), 10, 3).n_runs == 12


def test_labels_move_no_more_than_they_must() -> None:
    assert spread([0.1, 0.5], 0.1) == [0.1, 0.5]
    assert spread([0.5, 0.5, 0.5], 0.1) == pytest.approx([0.4, 0.5, 0.6])
    assert spread([0.1, 0.45, 0.55, 0.55], 0.1) == pytest.approx([0.1, 0.4167, 0.5167, 0.6167], abs=1e-3)


def test_counts_against_random_search() -> None:
    comparison = comparison_of(
        {RANDOM: [0.5, 0.6, 0.7, 0.8], "good": [0.1, 0.2, 0.3, 0.4], "bad": [0.9, 0.91, 0.92, 0.93]}
    )
    found = against([comparison], RANDOM)
    assert counts_against(found["good"]) == (0, 0, 1.0)  # p = 0.029, of two comparisons 0.057
    assert counts_against(found["bad"])[2] == 0.0


# What ships


@pytest.fixture(scope="module")
def comparisons() -> list[Comparison]:
    return comparisons_of(load_baselines())


def test_the_curves_that_ship_are_small_and_of_all_optimizers(comparisons: list[Comparison]) -> None:
    assert SHIPPED.stat().st_size <= 3_000_000
    thousand, hundred = at_thousand(comparisons), at_hundred(comparisons)
    assert (len(thousand), len(hundred)) == (27, 9)
    assert {len(one.groups) for one in thousand} == {12}
    for one in hundred:
        assert {group.label for group in one.groups} >= {*MODEL_BASED, *OTHERS}
    assert len([one for one in comparisons if one.noise]) == 2


@pytest.mark.slow
def test_the_page_shows_what_the_curves_say(comparisons: list[Comparison]) -> None:
    """But for other reference points, which need the runs."""
    page = (ROOT / "docs" / "results" / "study.md").read_text(encoding="utf-8")
    for name, text in tables_of(comparisons).items():
        shown = page.partition(f"<!-- begin {name} -->\n")[2].partition("\n<!-- end")[0]
        lines = [line for line in shown.split("\n") if "reference point" not in line]
        assert lines == text.split("\n"), name
