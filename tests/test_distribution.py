"""What is published: a wheel with the library alone, and an sdist with everything; both are built, checked and used."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, cast

import pytest
from omegaconf import OmegaConf

from hwbench_mo import __version__
from tests.support.spaces import ROOT
from tests.test_packaging import CORE, LISTS

FIRST_USE = ROOT / "tests" / "support" / "first_use.py"
BARE = ("numpy", "moocore", "cffi", "platformdirs", "pycparser", "threadpoolctl")
"""What the library requires, and what that requires; on Python 3.11."""
MOST_MEGABYTES = 250
MOST_SECONDS = 180
"""Of a bare environment, and from its making to the first front."""
LEFT = shutil.ignore_patterns(
    ".git", ".*cache", ".venv", ".hypothesis", ".benchmarks", "outputs", "build", "dist", "*.egg-info", "__pycache__"
)
"""What a build must not take from a checkout that was worked in."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist."""
    source, out = tmp_path_factory.mktemp("source") / "hwbench_mo", tmp_path_factory.mktemp("dist")
    shutil.copytree(ROOT, source, ignore=LEFT)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


def test_tools_of_the_index_find_nothing(built: Path, wheel: Path) -> None:
    both = [str(path) for path in sorted(built.iterdir())]
    assert len(both) == 2
    subprocess.run([sys.executable, "-m", "twine", "--no-color", "check", "--strict", *both], check=True)
    subprocess.run([sys.executable, "-m", "check_wheel_contents", str(wheel)], check=True)


def test_the_wheel_holds_the_library_alone(wheel: Path) -> None:
    assert wheel.name == f"hwbench_mo-{__version__}-py3-none-any.whl"
    file = zipfile.ZipFile(wheel)
    names = file.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"hwbench_mo"}
    tracked = {str(path.relative_to(ROOT)) for path in (ROOT / "hwbench_mo").rglob("*") if path.is_file()}
    missing = {name for name in tracked if "__pycache__" not in name} - set(names)
    assert not missing
    assert {name.rpartition("licenses/")[2] for name in names if "licenses/" in name} == {
        "LICENSE",
        "LICENSE-DATA",
        "NOTICE",
    }
    facts = {Path(name).name: file.read(name).decode() for name in names if ".dist-info/" in name}
    always = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", facts["METADATA"], flags=re.MULTILINE)
    assert set(always) == LISTS[CORE]
    assert "hwbench-mo = hwbench_mo.__main__:main" in facts["entry_points.txt"]
    described = facts["METADATA"].partition("\n\n")[2]
    assert "exact Pareto fronts" in described
    assert not re.findall(r"\]\((?!https?:)[^)]*\)", described), "a link that leads nowhere on an index"


def test_the_sdist_has_what_it_is_built_and_tested_with(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    readme = (ROOT / "README.md").read_text()
    wanted = set(re.findall(r"\]\((?!https?:)([^)#\s]+)\)", readme))
    wanted |= {"setup.py", "setup.cfg", "pyproject.toml", "Makefile", "constraints.txt", "CITATION.cff", "LICENSE-DATA"}
    wanted |= {"conf/config.yaml", "tests/test_distribution.py", "optimizers/__init__.py", "experiments/run.py"}
    assert not wanted - names
    assert not {name for name in names if name.endswith((".pyc", ".log")) or name.startswith(("build/", "outputs/"))}


def test_the_wheel_works_with_nothing_but_what_it_requires(wheel: Path, tmp_path: Path) -> None:
    """In a process that finds the unpacked wheel, and of all that is installed no more than a bare environment has."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    for name in BARE:
        installed = distribution(name)
        for top in {path.parts[0] for path in installed.files or ()} - {".."}:
            if not (site / top).exists():
                (site / top).symlink_to(str(installed.locate_file(top)))
    script = f"import runpy, sys; sys.path.append({str(site)!r}); sys.argv = ['', {str(tmp_path)!r}]; "
    script += f"runpy.run_path({str(FIRST_USE)!r}, run_name='__main__')"
    environment = {**os.environ, "HWBENCH_MO_CACHE": ""}
    command = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"{site}/hwbench_mo/")


def test_a_release_has_one_version_and_date() -> None:
    """In CITATION.cff, on the page on citing, and as the newest heading of the changelog."""
    cited = cast("dict[str, Any]", OmegaConf.to_container(OmegaConf.load(ROOT / "CITATION.cff")))
    assert cited["cff-version"] == "1.2.0"
    assert {"title", "authors", "message", "license"} <= cited.keys()  # the first three are what the format demands
    assert cited["version"] == __version__
    newest = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest.groups() == (__version__, cited["date-released"])
    bibtex = (ROOT / "docs" / "citing.md").read_text(encoding="utf-8")
    assert re.findall(r"version = \{(.*)\}", bibtex) == [__version__]
    assert str(cited["references"][0]["url"]) in bibtex


def test_links_of_the_description_are_absolute_where_files_are_on_the_web() -> None:
    described = runpy.run_path(str(ROOT / "setup.py"))["described"]
    text = "![a](x/y.png)\n\n[b](docs/z.md), [c](https://d.org), [e](#f)"
    assert described(text, "") == "b, [c](https://d.org), [e](#f)"
    home = "https://forge.example/blob/v1/"
    assert described(text, home) == text.replace("](x", f"]({home}x").replace("](docs", f"]({home}docs")


@pytest.mark.slow
@pytest.mark.parametrize("version", re.findall(r"Python :: (3\.\d+)", (ROOT / "setup.cfg").read_text()))
def test_a_bare_environment_reaches_a_front(
    version: str,
    wheel: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    """From no environment and an empty cache of pip to a front, on the clock; then everything that must work there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PIP_NO_CACHE_DIR": "1", "HWBENCH_MO_CACHE": ""}

    def run(*command: object) -> str:
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    python = sys.executable if sys.version.startswith(f"{version}.") else shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip(f"there is no Python {version}")
    started = time.perf_counter()
    run(python, "-m", "venv", "bare")
    run("bare/bin/python", "-m", "pip", "install", "--quiet", wheel)
    front = run(
        "bare/bin/python",
        "-c",
        "import hwbench_mo as hb; print(hb.make_problem('gpt_s', ['perplexity', 'latency@a100']).pareto_front())",
    )
    seconds = time.perf_counter() - started
    assert front.startswith("ParetoFront(711 architectures")
    installed = json.loads(run("bare/bin/python", "-m", "pip", "list", "--format=json"))
    assert {one["name"].replace("_", "-") for one in installed} >= {"hwbench-mo", "numpy", "moocore"}
    megabytes = int(run("du", "-sm", "bare").split()[0])
    (site,) = (tmp_path / "bare" / "lib").glob("python3*/site-packages")
    tools = ("pip", "pkg_resources", "setuptools", "_distutils_hack")
    own = int(run("du", "-cm", *(one for one in site.iterdir() if not one.name.startswith(tools))).split()[-2])
    with capsys.disabled():
        print(f"\nbare environment, Python {version}: {seconds:.0f} s to a front, {megabytes} MB, {own} without pip")
    record_property("seconds", seconds)
    record_property("megabytes", megabytes)
    assert megabytes <= MOST_MEGABYTES
    assert seconds <= MOST_SECONDS
    run("bare/bin/python", FIRST_USE, tmp_path)
    run("bare/bin/python", "-m", "pip", "install", "--quiet", f"{wheel}[compare]")
    run("bare/bin/python", "-c", USE_OF_EXTRAS)


USE_OF_EXTRAS = """
import hwbench_mo as hb
problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
class Random:
    def ask(self, n): return problem.space.sample(n, __import__("numpy").random.default_rng(0))
    def tell(self, codes, values): pass
print(problem.pareto_front().to_frame().head())
run = hb.simulate(problem, Random(), budget=20)
assert hb.Trajectory.load(run.save("run.parquet")).values.shape == (20, 2)
assert len(hb.regret_table(hb.compare([run], baselines=True))) > 10
"""
