"""What messages say to install: a command that works where it is read, and brings what is missing there."""

import ast
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hwbench_mo import InputError, extras
from tests.support.imports import PACKAGES, modules
from tests.support.spaces import ROOT
from tests.test_documents import WRITTEN, found
from tests.test_packaging import CORE, DISTRIBUTIONS, LISTS

METADATA = [
    "numpy>=2.2",
    'scipy>=1.15; extra == "statistics"',
    'pymoo>=0.6.1; extra == "harness"',
    'hwbench_mo[statistics]; extra == "harness"',
    'torch==2.13.0; extra == "measure"',
]


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package had been installed from a wheel."""
    monkeypatch.setattr(extras, "CHECKOUT", tmp_path)
    monkeypatch.setattr(extras, "requires", lambda name: METADATA)


def test_a_checkout_names_the_extra() -> None:
    assert extras.how_to_install("botorch") == "pip install -c constraints.txt -e '.[botorch]'"


@pytest.mark.usefixtures("wheel")
def test_a_wheel_names_the_libraries() -> None:
    assert extras.how_to_install("measure") == "pip install 'torch==2.13.0'"
    assert extras.how_to_install("harness") == "pip install 'pymoo>=0.6.1' 'scipy>=1.15'"


def test_elsewhere_a_checkout_is_named_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(extras.how_to_install("optuna"))
    assert words == ["pip", "install", "-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[optuna]"]


@pytest.mark.usefixtures("wheel")
def test_without_metadata_there_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "requires", missing)
    assert extras.how_to_install("measure") == (
        "install hwbench_mo from its wheel or checkout, with the extra 'measure'"
    )


def test_a_missing_module_of_our_own_is_no_advice() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"hwbench_mo\.no_such"), extras.needs("pandas"):
        __import__("hwbench_mo.no_such")
    with pytest.raises(InputError, match="this needs no_such, which is not installed: pip install"):  # noqa: SIM117
        with extras.needs("pandas"):
            __import__("no_such")


@pytest.mark.parametrize("extra", sorted(LISTS.keys() - {CORE}))
def test_a_wheel_names_all_libraries_of_an_extra(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the metadata that a build writes, every requirement of the command parses."""
    monkeypatch.setattr(extras, "CHECKOUT", ROOT / "conf")
    monkeypatch.setattr(extras, "requires", lambda name: METADATA_OF_BUILD)
    pip, install, *named = shlex.split(extras.how_to_install(extra))
    assert (pip, install) == ("pip", "install")
    assert {Requirement(one).name for one in named} == LISTS[extra]


def _written() -> list[str]:
    """``Requires-Dist`` as a build writes it from setup.cfg."""
    from configparser import ConfigParser

    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return [
        f'{line}; extra == "{extra}"'
        for extra, lines in setup["options.extras_require"].items()
        for line in lines.split()
    ]


METADATA_OF_BUILD = _written()


@cache
def _calls() -> list[tuple[str, ast.Call, ast.With | None]]:
    """Calls that may name an extra, with the module, and the block that they guard."""
    calls = []
    for package in PACKAGES[:3]:
        for module, path in modules(package).items():
            text = path.read_text(encoding="utf-8")
            if not re.search(r"extra", text):  # most modules name none, and parsing all takes a second
                continue
            tree = ast.parse(text)
            blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With)]
            guarded = {id(item.context_expr): block for block in blocks for item in block.items}
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    calls.append((module, node, guarded.get(id(node))))
    return calls


def test_messages_name_extras_that_exist() -> None:
    named = set()
    for module, call, _ in _calls():
        function = ast.unparse(call.func)
        values = call.args[:1] if function in ("how_to_install", "needs") else []
        values += call.args[2:] if function == "Command" else []
        if function in ("Library", "Command"):
            values += [one.value for one in call.keywords if one.arg == "extra"]
        for value in values:
            if isinstance(value, ast.Constant):
                assert value.value in LISTS, f"{module}, line {call.lineno}: no extra is called {value.value!r}"
                named.add(value.value)
    assert named >= {"pandas", "parquet", "botorch", "optuna", "syne-tune", "measure", "harness", "export"}


def test_what_is_imported_under_a_guard_is_what_its_extra_brings() -> None:
    n_found = 0
    for module, call, block in _calls():
        if block is None or ast.unparse(call.func) != "needs":
            continue
        extra = ast.literal_eval(call.args[0])
        for line in block.body:
            assert isinstance(line, ast.Import | ast.ImportFrom), f"{module}, line {line.lineno}: guard imports alone"
            tops = [one.name for one in line.names] if isinstance(line, ast.Import) else [str(line.module)]
            for top in {name.partition(".")[0] for name in tops} - {"hwbench_mo"}:
                assert DISTRIBUTIONS.get(top, top) in LISTS[extra], f"{module}, line {line.lineno}: {extra} lacks {top}"
                n_found += 1
    assert n_found > 15


def test_no_document_says_to_install_from_an_index() -> None:
    """The package is on none: a checkout or a wheel is what there is."""
    told = [
        f"{where}: {line}"
        for line, where in found(r"(pip install[^\n`]*)", [path for path in WRITTEN if "tests" not in path.parts])
        if re.search(r"(^| |')hwbench[_-]mo(\[[\w-]+\])?('|$| )", line)
    ]
    assert not told


@pytest.mark.slow
@pytest.mark.parametrize("extra", sorted(LISTS.keys() - {CORE}))
def test_pip_resolves_an_extra(extra: str) -> None:
    """The command of a checkout, as far as choosing what to download."""
    command = [sys.executable, "-m", "pip", *shlex.split(extras.how_to_install(extra))[1:], "--dry-run", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "does not provide the extra" not in done.stdout + done.stderr
