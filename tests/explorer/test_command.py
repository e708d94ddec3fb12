from pathlib import Path

import pytest

from hwbench_mo.__main__ import main


def test_the_page_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pages" / "mine.html"
    assert main(["explore", str(out), "--spaces", "gpt_s"]) == 0
    assert out.as_uri() in capsys.readouterr().out
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "gpt_m" not in page.partition('id="data">')[2].partition("<")[0]
    assert "//" not in page.replace("http://www.w3.org/2000/svg", "").partition("<script")[0].replace("</", "")
    assert main(["explore", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--spaces", "gpt_x"], "gpt_x"),
        (["--spaces", "gpt_s_wide"], "no perplexity"),
        (["--devices", "nowhere"], "nowhere"),
    ],
)
def test_mistakes_are_answered_in_one_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explore", str(tmp_path / "page.html"), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
