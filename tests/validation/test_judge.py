"""Which baselines are compared, and what the comparison finds on real measurements."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.targets import GPUS
from hwbench_mo.validation import baselines, execution
from hwbench_mo.validation.judge import Options, judge
from hwbench_mo.validation.units import OURS
from tests.support.spaces import MEASUREMENTS
from tests.support.validation import by_method, known, options_of

needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")


def test_baselines_that_are_not_installed_are_left_out_unless_asked_for(
    few: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "fit_space", known)
    patch = pytest.MonkeyPatch()
    patch.setattr(baselines, "find_spec", lambda name: None)
    options = options_of(tmp_path, targets=["latency@a100"], baselines=None)
    found = judge({"toy": few}, options).findings
    assert set(found.table["method"]) == {OURS}
    assert len(found.notes) == 5
    assert "AutoGluon is not installed (`pip install 'autogluon.tabular[lightgbm]'`): it is left out." in found.notes
    assert not any("baseline" in verdict.criterion for verdict in found.verdicts)
    with pytest.raises(
        InputError,
        match=r"the comparison with LightGBM needs lightgbm: pip install .* -e '.\[validate\]'",
    ):
        judge({"toy": few}, replace(options, baselines=["lightgbm"]))
    patch.undo()
    judge({"toy": few}, replace(options, baselines=["trees"]))
    monkeypatch.setattr(baselines, "find_spec", lambda name: None)
    found = judge({"toy": few}, options).findings  # its results are there
    assert set(found.table["method"]) == {OURS, "trees"}
    assert any("2 of its 2 results are there and shown" in note for note in found.notes)


@needs_data
@pytest.mark.slow
def test_tables_rank_held_out_latency_better_than_boosted_trees_on_every_gpu(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    measured = read_measurements(MEASUREMENTS, get_space("gpt_s"))
    targets = [f"latency@{device}" for device in GPUS]
    few = {target: measured.readings[target] for target in (*targets, "perplexity", "accuracy")}
    measured = replace(measured, readings=few).take(np.arange(len(measured.codes)) % 4 == 0)  # to be quick
    options = Options(out=tmp_path, targets=targets, holdout=0.2, corners=False, baselines=["lightgbm"])
    table = judge({"gpt_s": measured}, options).findings.table
    for target in targets:
        scores = by_method(table, target)
        assert scores[OURS]["tau_within"] > scores["lightgbm"]["tau_within"], target
