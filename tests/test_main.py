"""The command ``hwbench-mo``: what it offers, how mistakes are answered, and that ``--help`` is quick."""

import re
import subprocess
import sys

import pytest

from hwbench_mo.__main__ import COMMANDS, main
from tests.support.imports import modules


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert re.search(rf"^ +{name} +{re.escape(command.help)}$", said, flags=re.MULTILINE)
        assert command.module in modules("hwbench_mo")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: hwbench-mo {name} " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND; see hwbench-mo --help"),
        (["imprt", "a", "b"], "unknown command 'imprt'; valid, nearest first: import, "),
        (["fit"], "the following arguments are required: measurements, out; see hwbench-mo fit --help"),
        (["fit", "a", "b", "--fast"], "unrecognized arguments: --fast; see hwbench-mo --help"),
        (["validate", "a", "--folds", "many"], "argument --folds: invalid int value: 'many'; see hwbench-mo validate"),
    ],
)
def test_mistakes_are_answered_in_a_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = main(arguments)
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert re.fullmatch(rf"error: {re.escape(message)}.*\n", capsys.readouterr().err)


def test_a_missing_library_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(options: object) -> int:
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.setattr("hwbench_mo.validation.command.run", run)
    assert main(["validate", "anywhere"]) == 2
    command = "pip install -c constraints.txt -e '.[validate]'"
    expected = f"error: hwbench-mo validate needs scipy, which is not installed: {command}\n"
    assert capsys.readouterr().err == expected
    monkeypatch.setattr("hwbench_mo.fitting.command.run", run)
    with pytest.raises(ModuleNotFoundError):
        main(["fit", "a", "b"])


def test_help_imports_no_command() -> None:
    script = """if True:
        import sys, runpy, atexit
        atexit.register(lambda: print(*sys.modules, sep="\\n"))
        sys.argv[1:] = ["--help"]
        runpy.run_module("hwbench_mo", run_name="__main__")
    """
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.splitlines())
    assert "hwbench_mo.errors" in loaded
    assert not loaded & {command.module for command in COMMANDS.values()}
    assert not {name for name in loaded if name.startswith(("hwbench_mo.fitting", "hwbench_mo.validation", "pandas"))}


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("hwbench_mo.fitting", "hwbench-mo fit MEASUREMENTS OUT"),
        ("hwbench_mo.fitting.evaluate", "hwbench-mo validate MEASUREMENTS"),
        ("hwbench_mo.fitting.import_upstream", "hwbench-mo import GIT_DIR OUT"),
    ],
)
def test_former_names_say_the_new_one(former: str, now: str) -> None:
    ran = subprocess.run([sys.executable, "-m", former, "some", "arguments"], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == f"error: this command is now: {now}\n"
    assert now.split()[1] in COMMANDS
