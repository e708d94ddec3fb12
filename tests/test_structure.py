"""The shape of the project: who imports whom, what is public, and that tests mirror packages."""

import ast
import inspect
from graphlib import TopologicalSorter
from importlib import import_module
from itertools import pairwise

import pytest

from tests.support.imports import PACKAGES, Import, imported, imports, modules, target
from tests.support.spaces import ROOT

MAY_IMPORT = {
    "hwbench_mo": {"hwbench_mo"},
    "optimizers": {"optimizers", "hwbench_mo"},
    "experiments": {"experiments", "optimizers", "hwbench_mo"},
}
GROUND = (
    "checks",
    "command_line",
    "display",
    "errors",
    "extras",
    "files",
    "function_identity",
    "importing",
    "own_metrics",
    "progress",
    "sources",
    "targets",
    "terminal",
    "typing",
    "version",
)
"""Modules that stand beside the rooms and below all of them."""
ROOMS = (
    "ground",
    "spaces",
    "pareto",
    "plotting",
    "surrogates",
    "measurements",
    "benchmark",
    "problems",
    "simulation",
    "testing",
    "assessment",
    "recommendation",
    "explorer",
    "adapters",
    "fitting",
    "validation",
    "network",
    "profiling",
    "supernet",
    "__main__",
    "__init__",
)
"""Of `hwbench_mo`, from below: a module imports from rooms before its own, and from its own."""
MOST_LINES = 250
OF_NO_MODULE = {
    "test_main.py": "the command line, hwbench_mo/__main__.py",
    "test_structure.py": "all packages",
    "test_packaging.py": "all packages, and setup.cfg",
    "test_configurations.py": "conf",
    "test_distribution.py": "wheel and sdist, and setup.py",
    "test_documents.py": "all documents",
    "test_help.py": "--help of all commands",
    "test_examples.py": "examples, and what documents show",
    "test_habits.py": "CONTRIBUTING.md, .pre-commit-config.yaml, .github and .ci",
    "test_readme.py": "what README.md shows, as it stands there",
    "experiments/test_completion.py": "experiments/completion.bash",
    "experiments/test_devices.py": "problem.devices, from the command line to the report",
    "experiments/test_faults.py": "disks, clocks and other sweeps, which any of the modules may meet",
    "experiments/test_own_metric.py": "problem.metrics and --metrics, from the command line to the report",
    "experiments/test_own_metric_mistakes.py": "problem.metrics and --metrics, of names that are none",
    "experiments/test_slurm.py": "the launcher submitit_slurm, which is Hydra's",
    "measurements/test_folder.py": "the reader and the writer of one folder",
    "measurements/test_hostile_folder.py": "the reader and the fingerprint of a folder that lies",
    "problems/test_own_metric.py": "metrics of one's own, through simulations, files and comparisons",
    "optimizers/test_constraints.py": "all optimizers, and docs/optimizers.md",
    "optimizers/test_package.py": "optimizers/__init__.py",
    "optimizers/test_regret.py": "all optimizers",
    "optimizers/test_reproducible.py": "all optimizers",
    "studies/test_main_study.py": "studies/main_study",
    "simulation/test_syne_tune.py": "the schedule of simulate.py against Syne Tune's simulator",
}
"""Tests that are not named for a module or a package, and what they test."""


def room(module: str) -> str:
    """Of a module of `hwbench_mo`."""
    name = [*module.split("."), "__init__"][1]
    return "ground" if name in GROUND else name


def arrows() -> list[tuple[str, str]]:
    """Every import from one module of `hwbench_mo` to another in another room."""
    found = [(module, other) for module, others in imported("hwbench_mo").items() for other in others]
    return [(module, other) for module, other in found if room(module) != room(other)]


def all_imports(packages: tuple[str, ...] = PACKAGES) -> list[tuple[str, Import]]:
    return [(module, one) for package in packages for module, path in modules(package).items() for one in imports(path)]


@pytest.mark.parametrize("package", list(MAY_IMPORT))
def test_packages_import_only_what_they_may(package: str) -> None:
    assert modules(package)
    for module, one in all_imports((package,)):
        assert one.top not in {*PACKAGES, "conf"} - MAY_IMPORT[package], f"{module}:{one.line} imports {one.module}"


def test_every_module_is_in_a_room() -> None:
    assert {room(module) for module in modules("hwbench_mo")} <= set(ROOMS)


def test_arrows_run_one_way() -> None:
    back = [(here, there) for here, there in arrows() if ROOMS.index(room(there)) > ROOMS.index(room(here))]
    assert not back, f"{len(back)} of {len(arrows())} imports run back: {back}"


@pytest.mark.parametrize("package", list(MAY_IMPORT))
def test_modules_import_each_other_in_no_circle(package: str) -> None:
    tuple(TopologicalSorter(imported(package)).static_order())  # a CycleError names the circle


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_begins_with_an_underscore(package: str) -> None:
    for module, path in modules(package).items():
        assert path.stem in ("__init__", "__main__") or not path.stem.startswith("_"), module


def test_no_private_name_is_imported_from_another_module() -> None:
    for module, one in all_imports():
        is_private = (one.name or "").startswith("_") and not (one.name or "").endswith("__")
        assert not (is_private and one.top in PACKAGES), f"{module}:{one.line} imports {one.name} from {one.module}"


def test_files_are_small() -> None:
    paths = [path for package in PACKAGES for path in modules(package).values()]
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in paths}
    assert not {path: n for path, n in lines.items() if n > MOST_LINES}


# What is public

PUBLIC = [
    module
    for package in PACKAGES
    if package != "tests"  # whose folders only mirror the others
    for module, path in modules(package).items()
    if path.name == "__init__.py"
]


@pytest.mark.parametrize("package", PUBLIC)
def test_a_package_says_what_it_is_for(package: str) -> None:
    assert ast.get_docstring(ast.parse(modules(package.partition(".")[0])[package].read_text(encoding="utf-8")))


@pytest.mark.parametrize("package", [name for name in PUBLIC if hasattr(import_module(name), "__all__")])
def test_public_names_exist_are_documented_and_in_order(package: str) -> None:
    public = import_module(package)
    assert sorted(public.__all__, key=_place) == public.__all__
    assert len(set(public.__all__)) == len(public.__all__)
    for name in public.__all__:
        assert _is_documented(package, name), f"{package}.{name} has no docstring"


def _place(name: str) -> tuple[int, str]:
    """As ruff sorts: constants, classes, all others."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _is_documented(package: str, name: str) -> bool:
    value = getattr(import_module(package), name)
    if inspect.isclass(value) or inspect.isfunction(value) or inspect.ismodule(value):
        text = value.__doc__ or ""
        return bool(text) and not text.startswith(f"{name}(")  # as a dataclass without one has
    known = modules(package.partition(".")[0])
    while source := next((one for one in imports(known[package]) if one.name == name), None):
        package = target(source, known)
    body = ast.parse(known[package].read_text(encoding="utf-8")).body
    return any(
        isinstance(here, ast.Assign | ast.AnnAssign)
        and ast.unparse(here).startswith((f"{name} = ", f"{name}: "))
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        for here, below in pairwise(body)
    )


# What mirrors what


def test_every_folder_of_tests_is_a_room() -> None:
    rooms = {name for name in ROOMS if (ROOT / "hwbench_mo" / name).is_dir()}
    beside = {"optimizers", "experiments", "studies", "support", "torture"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders <= rooms | beside


def test_tests_are_named_for_what_they_test() -> None:
    unnamed = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = path.relative_to(ROOT / "tests")
        folder = ROOT if place.parts[0] in MAY_IMPORT else ROOT / "hwbench_mo"
        inside = [*(folder / place.parent).rglob("*.py")] if len(place.parts) > 1 else [*folder.glob("*.py")]
        names = {place.parent.name, *(name for one in inside for name in (one.stem, one.parent.name))} - {""}
        if not any(f"{path.stem}_".startswith(f"test_{name}_") for name in names):
            unnamed.add(str(place))
    assert unnamed == set(OF_NO_MODULE)
