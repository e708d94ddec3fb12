from pathlib import Path

import pytest

from hwbench_mo.__main__ import main
from tests.support.commands import run


def test_the_page_is_one_file_in_place_of_an_older_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pages" / "mine.html"
    for _ in range(2):
        assert main(["explore", "--out", str(out), "--space", "gpt_s"]) == 0
        assert out.as_uri() in capsys.readouterr().out
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "gpt_m" not in page.partition('id="data">')[2].partition("<")[0]
    assert "//" not in page.partition("<script")[0]
    assert [path.name for path in out.parent.iterdir()] == ["mine.html"]


@pytest.mark.slow
def test_the_harness_has_the_same_command(tmp_path: Path) -> None:
    out = tmp_path / "explorer.html"
    answer = run("experiments.explore", "--out", str(out), "--space", "gpt_s", "gpt_l")
    assert answer.returncode == 0, answer.stderr
    assert out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--space", "gpt_x"], "gpt_x"),
        (["--space", "gpt_s_wide"], "no perplexity"),
        (["--devices", "nowhere"], "nowhere"),
        (["--space", "gpt_s", "--out", "."], "cannot be written"),
    ],
)
def test_mistakes_are_answered_in_one_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explore", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
