"""The shape of the project: who imports whom, what an import costs, and what a wheel holds."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.spaces import ROOT

MAY_IMPORT = {
    "hwbench_mo": {"hwbench_mo"},
    "optimizers": {"optimizers", "hwbench_mo"},
    "experiments": {"experiments", "optimizers", "hwbench_mo"},
}
OURS = {"hwbench_mo", "optimizers", "experiments", "tests", "benchmarks", "conf"}


@pytest.mark.parametrize("package", list(MAY_IMPORT))
def test_packages_import_only_what_they_may(package: str) -> None:
    paths = list((ROOT / package).rglob("*.py"))
    assert paths
    for path in paths:
        for imported in _imports(path):
            assert imported not in OURS - MAY_IMPORT[package], f"{path} imports {imported}"


def _imports(path: Path) -> set[str]:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            imported.add((node.module or "").split(".")[0])
    return imported


def test_an_import_brings_numpy_alone() -> None:
    script = "import sys, hwbench_mo as hb; hb.load_benchmark('gpt_s'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    for heavy in ("torch", "matplotlib", "hydra", "pymoo", "pandas", "pyarrow", "scipy", "sklearn", "moocore"):
        assert heavy not in loaded


def test_configurations_mirror_modules() -> None:
    modules = {path.stem for path in (ROOT / "optimizers").glob("[!_]*.py")}
    configurations = {path.stem for path in (ROOT / "conf" / "optimizer").glob("*.yaml")}
    assert modules == configurations


def test_installed_packages_agree() -> None:
    subprocess.run([sys.executable, "-m", "pip", "check", "--disable-pip-version-check"], check=True)


@pytest.mark.slow
def test_the_wheel_holds_the_library_alone(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"hwbench_mo"}
    assert "hwbench_mo/artifacts/gpt_l.npz" in names
    assert "hwbench_mo/py.typed" in names
    assert any(name.endswith("licenses/NOTICE") for name in names)
