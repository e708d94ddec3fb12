"""Where the jobs of a sweep run: what a launcher needs, and what became of runs that another process made."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

from experiments.sweeps.configuration import CONF
from experiments.sweeps.job import Failure
from experiments.sweeps.plan import Planned
from experiments.sweeps.store import failure, is_claimed, is_finished
from hwbench_mo import InputError
from hwbench_mo.errors import unknown

NEEDS = {
    "joblib": ("hydra_plugins.hydra_joblib_launcher", "pip install -c constraints.txt -e '.[parallel]'"),
    "ray": ("ray", "pip install -c constraints.txt -e '.[ray]'"),
    "submitit_local": ("hydra_plugins.hydra_submitit_launcher", "pip install -c constraints.txt -e '.[parallel]'"),
    "submitit_slurm": ("hydra_plugins.hydra_submitit_launcher", "pip install -c constraints.txt -e '.[parallel]'"),
}
PLUGINS = Path(__file__).resolve().parent / "plugins"
"""Where Hydra finds a launcher of ours."""
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def launchers() -> list[str]:
    """The launchers that are configured here; ``basic`` is Hydra's own."""
    return sorted(path.stem for path in (CONF / "hydra" / "launcher").glob("*.yaml"))


def launcher_of(arguments: Sequence[str]) -> str:
    """The name of the launcher that a command line chooses.

    Raises
    ------
    InputError
        If there is none of that name, or what it needs is not installed, or the command line is no sweep.
    """
    name = next((word.partition("=")[2] for word in reversed(arguments) if word.startswith("hydra/launcher=")), "basic")
    if name not in ("basic", *launchers()):
        raise unknown("launcher", name, ["basic", *launchers()])
    if name != "basic" and not {"-m", "--multirun"} & set(arguments):
        raise InputError(f"hydra/launcher={name} is for sweeps, but this is a single job; add -m")
    if name in NEEDS:
        package, command = NEEDS[name]
        try:
            found = importlib.util.find_spec(package)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise InputError(f"hydra/launcher={name} needs {package.rpartition('.')[2]}, which is missing: {command}")
    return name


def prepared(launcher: str, arguments: Sequence[str]) -> list[str]:
    """Make this process ready for a launcher; the overrides that it needs beyond what the user says."""
    _limit_threads()
    if launcher == "ray":
        sys.path.append(str(PLUGINS))
    _forget_namesakes()
    if launcher == "submitit_local" and not any("hydra.sweeper.max_batch_size=" in word for word in arguments):
        return [f"hydra.sweeper.max_batch_size={os.cpu_count()}"]  # it starts all jobs of a batch at once
    return []


def _limit_threads() -> None:
    """One thread for linear algebra in this process and those that it starts, unless the environment says otherwise.

    Arrays here are small: more threads gain nothing, and on busy cores make a fit ten times slower.
    """
    from threadpoolctl import threadpool_limits

    if not any(name in os.environ for name in THREADS):
        threadpool_limits(1)
    for name in THREADS:
        os.environ.setdefault(name, "1")


def _forget_namesakes() -> None:
    """Forget the configurations that plugins register under the names of ours: Hydra would warn that it sees two."""
    Plugins.instance()  # imports the plugins
    registered = ConfigStore.instance().repo["hydra"]["launcher"]
    for name in launchers():
        registered.pop(f"{name}.yaml", None)


def unfinished(plan: Sequence[Planned]) -> list[Failure]:
    """The runs of a sweep that are not there, and why, after other processes were to make them."""
    found = []
    for run in plan:
        if run.path is None:
            found.append(Failure(run.label, run.why, 2))
        elif not is_finished(run.path):
            found.append(Failure(run.label, *(failure(run.path) or _lost(run.path))))
    return found


def _lost(path: Path) -> tuple[str, int]:
    if is_claimed(path):
        return "another process is still at it", 1
    return "its process ended before it was done; the same command makes it", 1


class Tally:
    """Counts the runs of a plan that are done; asks the disk of the others alone."""

    def __init__(self, plan: Sequence[Planned]) -> None:
        self._open = [run.path for run in plan if run.path is not None]
        self._n_done = 0

    def __call__(self) -> int:
        still = [path for path in self._open if not is_finished(path)]
        self._n_done += len(self._open) - len(still)
        self._open = still
        return self._n_done
