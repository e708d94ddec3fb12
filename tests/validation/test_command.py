"""The command writes tables and pictures, and tells a user's mistake in one line."""

from pathlib import Path

import pandas as pd
import pytest

from hwbench_mo.benchmark import load_benchmark
from hwbench_mo.command_line import Parser
from hwbench_mo.validation import execution
from hwbench_mo.validation import judge as judge_module
from hwbench_mo.validation.command import add_arguments, run
from tests.support.validation import TARGETS


def command(*arguments: str) -> int:
    """``hwbench-mo validate`` with these arguments; its exit status."""
    parser = Parser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def test_the_command_writes_tables_and_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (execution, judge_module):  # fits of all 30 targets take a while
        monkeypatch.setattr(module, "fit_space", lambda measured: load_benchmark(measured.space.name))
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "surrogate_scores.md").write_text(
        "# Mine\n\n<!-- begin validation -->\nold\n<!-- end validation -->\n\nLast words.\n"
    )
    arguments = [str(folder), "--space", "gpt_s", "--targets", *TARGETS, "--holdout", "0.2", "--jobs", "1"]
    arguments += ["--baselines", "trees", "--out", str(tmp_path / "out"), "--docs", str(docs)]
    assert command(*arguments) == 0
    printed = capsys.readouterr().out
    assert "gpt_s holdout 0 trees: " in printed
    assert "perplexity of gpt_s: RMSE at most 0.027" in printed
    table = pd.read_csv(docs / "surrogate_scores.csv")
    assert len(table) == 2 * len(TARGETS) * 2  # splits, targets, methods
    assert table["crps"].gt(0).all()
    text = (docs / "surrogate_scores.md").read_text()
    assert text.startswith("# Mine\n\n<!-- begin validation -->\n\n## Acceptance criteria\n")
    assert text.endswith("<!-- end validation -->\n\nLast words.\n")
    assert "old" not in text.splitlines()
    pictures = {path.stem for path in (docs / "images" / "surrogates").iterdir()}
    kinds = ("overview", "calibration", "predicted", "bands", "layers", "drift")
    assert pictures == {f"{kind}-gpt_s" for kind in kinds}
    assert all(f"(images/surrogates/{name}.png)" in text for name in pictures)
    (docs / "surrogate_scores.md").write_text("# Mine, without a place for numbers\n")
    assert command(*arguments, "--no-pictures") == 2
    assert f"{docs / 'surrogate_scores.md'}: the document must hold <!-- begin validation --> and" in (
        error := capsys.readouterr().err
    )
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baselines", "lightgmb"], "error: unknown baseline 'lightgmb'; valid, nearest first: lightgbm"),
        (["--targets", "latency"], "error: objective 'latency' needs a device"),
        (["--targets", "params"], "error: unknown target 'params'; valid, nearest first: "),
    ],
)
def test_mistakes_are_answered_in_one_line(
    folder: Path, tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert command(str(folder), "--space", "gpt_s", "--out", str(out), *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_measurements_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")) == 2
    assert "architectures.parquet is missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--holdout", "1"], "--holdout is 1.0, but must be between 0 and 1"),
        (["--folds", "1"], "--folds is 1, but must be at least 2"),
        (["--jobs", "0"], "--jobs is 0, but must be at least 1"),
        (["--autogluon-seconds", "0"], "--autogluon-seconds is 0.0, but must be at least 1"),
        (["--peers", "trees"], "error: --peers is called --baselines"),
        (["--space", "gpt_xl"], "unknown space 'gpt_xl'; valid, nearest first: gpt_"),
    ],
)
def test_settings_out_of_range(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("somewhere", *arguments) == 2
    assert message in (error := capsys.readouterr().err)
    assert error.count("\n") == 1
