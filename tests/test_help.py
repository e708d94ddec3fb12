"""``--help`` of every command: a sentence, then examples that the command understands, then the options."""

import re
import shlex
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from hydra._internal.utils import get_args

from experiments.sweeps.overrides import check, parsed
from hwbench_mo.__main__ import COMMANDS
from hwbench_mo.__main__ import main as hwbench_mo
from hwbench_mo.command_line import Parser
from tests.support.commands import run
from tests.support.imports import modules

LIBRARY = [[], *([name] for name in COMMANDS), ["supernet", "train"], ["supernet", "measure"]]
HARNESS = [
    name
    for name, path in modules("experiments").items()
    if name.count(".") == 1 and '__name__ == "__main__"' in path.read_text() and name != "experiments.explore"
]
USERS = ("my_", "MEASUREMENTS", "TEXT")
"""What examples call files and classes that a user has."""


def help_of_the_library(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        hwbench_mo([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def examples_in(text: str) -> list[list[str]]:
    """After a sentence come examples; the words of each."""
    sentence, examples = text.split("\n\n")[:2]
    assert re.fullmatch(r"[A-Z][a-z]+ [^.]+.*\.", " ".join(sentence.split())), sentence
    head, *lines = examples.split("\n")
    assert head in ("example:", "examples:")
    assert lines
    assert all(line.startswith("  ") for line in lines)
    return [shlex.split(line.partition(" > ")[0], comments=True) for line in lines]


class Understood(Exception):  # noqa: N818
    """The words of a command were parsed."""


@pytest.fixture
def understands(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """That a command parses its words; it goes no further."""
    parse = Parser.parse_args

    def parse_and_end(self: Parser, *arguments: Sequence[str], **settings: Namespace) -> Namespace:
        parse(self, *arguments, **settings)
        raise Understood

    def understands(command: Callable[[], object]) -> None:
        with monkeypatch.context() as context:
            context.setattr(Parser, "parse_args", parse_and_end)
            with pytest.raises(Understood):
                command()

    return understands


@pytest.mark.parametrize("words", LIBRARY, ids=" ".join)
def test_commands_of_the_library(
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    understands: Callable[[Callable[[], object]], None],
) -> None:
    told = examples_in(help_of_the_library(words, capsys))
    own = [example for example in told if example[0] == "hwbench-mo"]
    assert own
    for example in own:
        if "--help" not in example:
            understands(lambda example=example: hwbench_mo(example[1:]))  # type: ignore[misc]
    if words:
        assert any(example[1 : 1 + len(words)] == words for example in own)


@pytest.mark.parametrize("module", HARNESS)
def test_commands_of_the_harness(module: str, understands: Callable[[Callable[[], object]], None]) -> None:
    told = run(module, "--help")
    assert told.returncode == 0, told.stderr
    for example in examples_in(told.stdout):
        assert example[:3] == ["python", "-m", module]
        if module != "experiments.run":
            understands(lambda example=example: run(module, *example[3:]))  # type: ignore[misc]
        elif not any(word in " ".join(example) for word in USERS):
            options = get_args(example[3:])
            check(parsed(options.overrides), is_sweep=options.multirun)
    if module == "experiments.run":
        for words in ("seed=0 ", "seeds=null ", "budget=1000 ", "out=outputs ", "\ncost= ", "\n  decoupled\n"):
            assert words in told.stdout


def test_an_option_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    for words in LIBRARY:
        for line in help_of_the_library(words, capsys).splitlines():
            assert "==SUPPRESS==" not in line
            assert "None" not in line


def test_sentences_are_as_wide_as_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for width in (60, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        sentence = help_of_the_library(["measure"], capsys).split("\n\n")[0]
        assert width - 20 < max(map(len, sentence.split("\n"))) < width
    with suppress(SystemExit):
        monkeypatch.setenv("COLUMNS", "1")
        hwbench_mo(["measure", "--help"])
