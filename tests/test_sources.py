"""The hash of sources changes with what code does, and with nothing else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hwbench_mo import InputError, sources
from hwbench_mo.sources import hash_of_sources, imported_modules
from tests.support.spaces import ROOT

FILES = {
    "__init__": "from invented.kernel import solve\n",
    "optimizer": "import numpy as np\n\n\ndef run():\n    from invented import kernel\n    return kernel.solve()\n",
    "kernel": "from .numbers import LIMIT\n\n\ndef solve():\n    return LIMIT\n",
    "numbers": "LIMIT = 3\n",
    "typed": "import typing\n\nif typing.TYPE_CHECKING:\n    from invented import unrelated\nelse:\n    X = 1\n",
    "unrelated": "OTHER = 1\n",
    "outer": "import invented.shared.steps\n",
    "shared/__init__": "",
    "shared/steps": "STEPS = 1\n",
}

Hash = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the path."""
    place = tmp_path_factory.mktemp("path")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(place)
        yield place


@pytest.fixture
def hashed(folder: Path) -> Hash:
    """The hash of a module of an invented package, some of whose files say something else."""

    def hashed(module: str = "optimizer", **changes: str) -> str:
        for name, text in (FILES | changes).items():
            path = folder / "invented" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        sources.read_source.cache_clear()
        return hash_of_sources(f"invented.{module}", ["invented"])

    return hashed


@pytest.mark.parametrize(
    "changes",
    [
        {"kernel": '"""Solve."""\nfrom .numbers import LIMIT  # 3\n\ndef solve():\n    """It."""\n    return (LIMIT)'},
        {"numbers": 'LIMIT = 3\n"""Documented below."""\n'},
        {"unrelated": "OTHER = 2\n"},
        {"typed": "X = 2\n"},
    ],
)
def test_what_does_not_count(hashed: Hash, changes: dict[str, str]) -> None:
    before = hashed()
    assert hashed(**changes) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"numbers": "LIMIT = 4\n"},
        {"kernel": "from .numbers import LIMIT\n\n\ndef solve():\n    return -LIMIT\n"},
        {"optimizer": FILES["optimizer"].replace("()", "(steps=3)", 1)},
        {"__init__": "from invented.kernel import solve\n\nX = 1\n"},
    ],
)
def test_what_counts(hashed: Hash, changes: dict[str, str]) -> None:
    before = hashed()
    assert hashed(**changes) != before
    assert hashed() == before


def test_imports_for_type_checkers_do_not_count(hashed: Hash) -> None:
    before = hashed("typed")
    assert imported_modules("invented.typed", ["invented"]) == ["invented.typed"]
    assert hashed("typed", typed=FILES["typed"].replace("unrelated", "numbers")) == before
    assert hashed("typed", typed=FILES["typed"].replace("X = 1", "X = 2")) != before


def test_modules_are_found_in_every_form_of_import(hashed: Hash) -> None:
    hashed()
    found = ["invented", "invented.kernel", "invented.numbers", "invented.optimizer"]
    assert imported_modules("invented.optimizer", ["invented"]) == found
    assert imported_modules("invented.optimizer", ["other"]) == ["invented.optimizer"]
    found = ["invented", "invented.kernel", "invented.numbers", "invented.outer", "invented.shared"]
    assert imported_modules("invented.outer", ["invented"]) == [*found, "invented.shared.steps"]


def test_nothing_is_imported(tmp_path: Path) -> None:
    names = "'optimizers.nsga2', 'hwbench_mo.fitting.fit', 'optimizers.qlogehvi'"
    script = (
        "import sys; from hwbench_mo.sources import hash_of_sources, imported_modules; before = set(sys.modules)\n"
        f"print(*map(hash_of_sources, ({names})), *imported_modules('optimizers.nsga2'), sep='\\n')\n"
        "assert set(sys.modules) == before, set(sys.modules) - before"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    first, _, _, *modules = ran.stdout.split()
    assert first == hash_of_sources("optimizers.nsga2")  # of another process
    assert {"optimizers.nsga2", "hwbench_mo.adapters.pymoo", "hwbench_mo.simulation.simulate"} <= set(modules)
    assert not any(name.startswith(("numpy", "pymoo", "hwbench_mo.validation")) for name in modules)


def test_code_without_a_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typed_into_an_interpreter", ModuleType("typed_into_an_interpreter"))
    for name in ("hwbench_mo.nowhere", "typed_into_an_interpreter", "sys"):
        with pytest.raises(InputError, match=f"the source of module '{name}' is not found"):
            hash_of_sources(name)
