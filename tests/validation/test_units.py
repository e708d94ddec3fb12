"""A run can be resumed, and a result is computed again where what it depends on has changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from hwbench_mo.measurements import Measurements
from hwbench_mo.sources import hash_of_sources, imported_modules
from hwbench_mo.validation import execution, units
from hwbench_mo.validation.command import validate
from hwbench_mo.validation.judge import judge
from hwbench_mo.validation.scores import Outcome
from hwbench_mo.validation.units import BASELINES, FIT, OURS
from tests.support.validation import TARGETS, by_method, known, options_of


def test_a_change_of_the_fit_leaves_the_results_of_baselines(
    few: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(execution, "fit_space", known)
    judge({"toy": few}, options_of(tmp_path))
    monkeypatch.setattr(
        units, "hash_of_sources", lambda module: "changed" if module == units.FIT else hash_of_sources(module)
    )
    capsys.readouterr()
    judge({"toy": few}, options_of(tmp_path))
    assert "12 results, of which 6 are there" in capsys.readouterr().out
    other = replace(few, readings={**few.readings, "latency@a100": few.readings["latency@a100"] * 2})
    capsys.readouterr()
    judge({"toy": other}, options_of(tmp_path))
    assert "12 results, of which 4 are there" in capsys.readouterr().out  # the baseline's of the other two targets
    judge({"toy": few}, options_of(tmp_path, seed=1))
    assert "12 results, of which 0 are there" in capsys.readouterr().out


def test_code_of_the_fit_has_no_part_in_baselines() -> None:
    fit, baselines = (set(imported_modules(module)) for module in (FIT, BASELINES))
    assert not any(name.startswith(("hwbench_mo.fitting", "hwbench_mo.surrogates")) for name in baselines)
    assert not any(name.startswith("hwbench_mo.validation") for name in fit)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_resumed_run_ends_like_one_that_was_not_interrupted(
    measured: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = replace(measured, readings={name: measured.readings[name] for name in (*TARGETS, "accuracy")})
    whole, resumed = tmp_path / "whole", tmp_path / "resumed"
    options = options_of(whole)
    table = validate({"toy": measured}, options, whole / "docs", pictures=False).findings.table
    scores = by_method(table, "latency@a100")
    assert scores[OURS]["tau_within"] > 0.95
    assert scores[OURS]["coverage_90"] == pytest.approx(0.9, abs=0.03)
    assert scores[OURS]["crps"] < scores["trees"]["crps"]
    assert scores["trees"]["crps_difference"] < 0

    stored = 0

    def interrupt(outcome: Outcome, path: Path) -> None:
        nonlocal stored
        stored += 1
        if stored > 7:
            raise KeyboardInterrupt
        units.save_outcome(outcome, path)

    with monkeypatch.context() as patch:
        patch.setattr(execution, "save_outcome", interrupt)
        with pytest.raises(KeyboardInterrupt):
            judge({"toy": measured}, replace(options, out=resumed))
    before = _bytes(resumed)
    assert len(before) == 7
    capsys.readouterr()
    validate({"toy": measured}, replace(options, out=resumed, jobs=2), resumed / "docs", pictures=False)
    assert "12 results, of which 7 are there" in capsys.readouterr().out
    assert _bytes(resumed) == _bytes(whole)
    assert before.items() <= _bytes(resumed).items()
