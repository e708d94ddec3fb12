"""What docs/choosing.md shows runs as it stands there, and answers what it says."""

import re
import shlex

import pytest

from hwbench_mo.__main__ import main
from tests.support.spaces import ROOT

DOCUMENT = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ python -m hwbench_mo (.*?)\n(.*?)```", DOCUMENT, flags=re.DOTALL)


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", DOCUMENT, flags=re.DOTALL))
def test_python_runs(block: str) -> None:
    exec(compile(block, "choosing.md", "exec"), {"__name__": "choosing"})


@pytest.mark.parametrize(("command", "answer"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_answer_what_it_says(command: str, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(shlex.split(command))
    said = capsys.readouterr()
    assert said.out + said.err == answer
