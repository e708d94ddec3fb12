"""``hwbench-mo export``: from a JSON file to a folder, and mistakes in a line."""

import io
import json
import re
from pathlib import Path

import pytest

from hwbench_mo.__main__ import main

pytest.importorskip("safetensors", reason="safetensors is not installed")
SMALL = {"embed_dim": 16, "n_layer": 2, "mlp_ratio": [2, 3], "n_head": [1, 2], "bias": True}


def test_a_file_becomes_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.json").write_text(json.dumps(SMALL))
    assert main(["export", str(tmp_path / "small.json"), "--out", str(tmp_path / "small")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [re.sub(r" \([\d,]+ kB\)$", "", line) for line in said] == sorted(map(str, (tmp_path / "small").iterdir()))


def test_standard_input_may_hold_an_answer_with_an_architecture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"space": "gpt_s", "architecture": SMALL})))
    assert main(["export", "-", "--out", str(tmp_path / "small")]) == 0
    assert json.loads((tmp_path / "small" / "config.json").read_text())["mlp_ratio"] == [2, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read as JSON: .*No such file"),
        ("{", "cannot be read as JSON: Expecting property name"),
        ("[" * 100_000, "cannot be read as JSON: "),
        ("[]", r"a.json: architecture is \[\], but must be a mapping"),
        (json.dumps({**SMALL, "n_layer": 3}), "a.json: mlp_ratio has 2 entries, but n_layer is 3: one entry a layer"),
        (json.dumps({**SMALL, "embed_dim": 10**12}), "the network does not fit into memory"),
    ],
)
def test_mistakes_are_said_in_a_line(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "a.json").write_text(text)
    assert main(["export", str(tmp_path / "a.json"), "--out", str(tmp_path / "out")]) == 2
    assert re.fullmatch(f"error: .*{message}.*\n", capsys.readouterr().err)
    assert not (tmp_path / "out").exists()
