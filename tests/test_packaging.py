"""Packaging: setup.cfg requires what the code imports."""

import re
import subprocess
import sys
from configparser import ConfigParser

import pytest

from tests.support.imports import PACKAGES, imports, modules
from tests.support.spaces import ROOT

CORE = "install_requires"
MAY_REQUIRE = {
    "hwbench_mo": (CORE, "pandas", "parquet"),
    "hwbench_mo.assessment.scipy_stats": (CORE, "statistics"),
    "hwbench_mo.adapters.ax_problem": (CORE, "ax"),
    "hwbench_mo.adapters.botorch": (CORE, "botorch"),
    "hwbench_mo.adapters.botorch_problem": (CORE, "botorch"),
    "hwbench_mo.adapters.nevergrad_objective": (CORE, "nevergrad"),
    "hwbench_mo.adapters.optuna": (CORE, "optuna"),
    "hwbench_mo.adapters.optuna_objective": (CORE, "optuna"),
    "hwbench_mo.adapters.pymoo": (CORE, "pymoo"),
    "hwbench_mo.adapters.pymoo_problem": (CORE, "pymoo"),
    "hwbench_mo.adapters.syne_tune": (CORE, "syne-tune"),
    "hwbench_mo.adapters.syne_tune_blackbox": (CORE, "syne-tune"),
    "hwbench_mo.measurements.upstream.checkpoint": (CORE, "import"),
    "hwbench_mo.plotting": (CORE, "validate"),
    "hwbench_mo.network": (CORE, "export"),
    "hwbench_mo.network.onnx": (CORE, "onnx"),
    "hwbench_mo.profiling": (CORE, "measure"),
    "hwbench_mo.recommendation.choosing": (CORE, "pymoo"),
    "hwbench_mo.progress": (CORE, "terminal"),
    "hwbench_mo.supernet": (CORE, "supernet"),
    "hwbench_mo.terminal": (CORE, "terminal"),
    "hwbench_mo.validation": (CORE, "validate"),
    "optimizers": (CORE, "harness", "botorch", "optuna", "syne-tune"),
    "experiments": (CORE, "harness"),
    "experiments.launchers": (CORE, "harness", "parallel", "ray"),
    "benchmarks": (CORE, "dev"),
    "studies": (CORE, "dev"),
    "tests": (CORE, "dev"),
}
"""What a module may import, from the lists of setup.cfg; the longest name that fits a module decides."""
AT_IMPORT = {"hwbench_mo": (CORE,), "optimizers": (CORE, "harness"), "experiments": (CORE, "harness")}
"""What suffices to import the modules of a package; whatever else they need is imported where it is used."""
WITH_A_LIBRARY = (
    "hwbench_mo.adapters.",
    "hwbench_mo.network.huggingface.",
    "hwbench_mo.network.transformer",
    "hwbench_mo.simulation.dataset",
    "hwbench_mo.simulation.parquet",
    "hwbench_mo.supernet.",
    "optimizers.libraries.",
    "experiments.launchers.",
)
"""Modules that are imported by whoever has the library that they are about."""
DISTRIBUTIONS = {
    "PIL": "pillow",
    "ax": "ax-platform",
    "hydra": "hydra-core",
    "sklearn": "scikit-learn",
    "syne_tune": "syne-tune",
}
"""Packages that are installed under another name than they are imported."""
UNREQUIRED = {"autogluon"}
"""Validated against where it is installed. It brings several GB, and releases of torch other than ours."""
UNIMPORTED = {
    "numba": "pymoo's AGE-MOEA-II imports it",
    "hydra-joblib-launcher": "Hydra finds it",
    "hydra-submitit-launcher": "Hydra finds it",
    "huggingface_hub": "Syne Tune's simulator imports it, and does not require it",
    "nvidia-ml-py": "imported by name, as pynvml, where there is a GPU of NVIDIA",
    "jsonschema": "imported by name, in a test that is skipped without it",
    "duckdb": "imported by name, in a test that is skipped without it",
    "optuna-dashboard": "a command that examples/frameworks/optuna_study.py names",
    "optunahub": "imported by name, in a test that is skipped without it",
    "polars": "imported by name, in a test that is skipped without it",
    "pytest-benchmark": "pytest finds it",
    "pytest-xdist": "pytest finds it",
    "pandas-stubs": "mypy finds it",
    "types-tqdm": "mypy finds it",
    "build": "a command",
    "check-wheel-contents": "a command",
    "myst-parser": "an extension of Sphinx that docs/conf.py names",
    "pydata-sphinx-theme": "a theme of Sphinx that docs/conf.py names",
    "sphinx": "a command",
    "sphinx-copybutton": "an extension of Sphinx that docs/conf.py names",
    "sphinx-design": "an extension of Sphinx that docs/conf.py names",
    "sphinx-gallery": "an extension of Sphinx that docs/conf.py names",
    "mypy": "a command",
    "ruff": "a command",
    "setuptools": "pyproject.toml builds with it",
    "twine": "a command",
}


def _lists() -> dict[str, set[str]]:
    """The distributions of ``install_requires`` and of each extra, with those of the extras that it names."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    written = {CORE: setup["options"][CORE], **setup["options.extras_require"]}

    def expand(name: str) -> set[str]:
        found: set[str] = set()
        for line in written[name].split("\n"):
            if extra := re.match(r"hwbench_mo\[(.*)\]", line):
                found |= expand(extra[1])
            elif distribution := re.match(r"[\w-]+", line):
                found.add(distribution[0])
        return found

    return {name: expand(name) for name in written}


LISTS = _lists()


def _third_party(package: str, *, eager: bool = False) -> dict[str, set[str]]:
    """By module, the distributions that it imports; ``eager``, those that it imports when it is imported itself."""
    ours = {*PACKAGES, "hydra_plugins", *sys.stdlib_module_names}
    return {
        module: {
            DISTRIBUTIONS.get(one.top, one.top)
            for one in imports(path)
            if one.top not in ours | UNREQUIRED and (one.is_eager or not eager)
        }
        for module, path in modules(package).items()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_required(package: str) -> None:
    for module, found in _third_party(package).items():
        place = max((name for name in MAY_REQUIRE if f"{module}.".startswith(f"{name}.")), key=len)
        missing = found - set[str]().union(*(LISTS[name] for name in MAY_REQUIRE[place]))
        assert not missing, f"{module} imports {missing}, which setup.cfg does not list in {MAY_REQUIRE[place]}"


@pytest.mark.parametrize("package", list(AT_IMPORT))
def test_an_import_needs_no_more_than_it_must(package: str) -> None:
    enough = set[str]().union(*(LISTS[name] for name in AT_IMPORT[package]))
    for module, found in _third_party(package, eager=True).items():
        if not module.startswith(WITH_A_LIBRARY):
            assert found <= enough, f"{module} needs {found - enough} to be imported"


def test_what_is_required_is_imported() -> None:
    used = {package: set[str]().union(*_third_party(package).values()) for package in PACKAGES}
    assert LISTS[CORE] <= used["hwbench_mo"]
    assert LISTS["harness"] - LISTS["compare"] - LISTS["terminal"] <= used["optimizers"] | used["experiments"]
    everything = set[str]().union(*LISTS.values())
    assert everything - UNIMPORTED.keys() <= set[str]().union(*used.values())
    assert UNIMPORTED.keys() <= everything


def test_an_import_brings_numpy_alone() -> None:
    script = "import sys, hwbench_mo as hb; hb.load_benchmark('gpt_s'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    for heavy in ("torch", "matplotlib", "hydra", "pymoo", "pandas", "pyarrow", "scipy", "sklearn", "moocore"):
        assert heavy not in loaded


def test_installed_packages_agree() -> None:
    subprocess.run([sys.executable, "-m", "pip", "check", "--disable-pip-version-check"], check=True)
