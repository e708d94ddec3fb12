"""What a launcher needs before the jobs of a sweep start."""

import importlib.util
import os
import sys
from importlib import import_module
from pathlib import Path

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from omegaconf import OmegaConf

from experiments.sweeps.catalogue import choices
from experiments.sweeps.overrides import LAUNCHER
from hwbench_mo import InputError
from hwbench_mo.extras import how_to_install

NEEDS = {
    "joblib": ("hydra_plugins.hydra_joblib_launcher", "parallel"),
    "ray": ("ray", "ray"),
    "submitit_local": ("hydra_plugins.hydra_submitit_launcher", "parallel"),
    "submitit_slurm": ("hydra_plugins.hydra_submitit_launcher", "parallel"),
}
"""Of a launcher, a module, and the extra that brings it."""
PLUGINS = Path(__file__).resolve().parent / "plugins"
"""Where Hydra finds a launcher of ours."""
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def jobs_at_once(launcher: str) -> int | None:
    """How many jobs a launcher, by its class, is given at a time; None is all of them.

    submitit starts all jobs of a batch at once on this machine, so that a batch is as many as there are cores.
    """
    return os.cpu_count() if launcher.endswith(".submitit_launcher.LocalLauncher") else None


OmegaConf.register_new_resolver("jobs_at_once", jobs_at_once, replace=True)  # conf/config.yaml asks for it


def prepare(launcher: str, out: Path) -> None:
    """Make this process, and the folder that results go to, ready for a launcher.

    Raises
    ------
    InputError
        If what it needs is not installed, or its part of the folder cannot be kept from others.
    """
    _check_installed(launcher)
    if launcher.startswith("submitit_"):
        _keep_private(out / ".submitit")
    _limit_threads()
    if launcher == "ray":
        sys.path.append(str(PLUGINS))
        Plugins.instance().register(import_module("hydra_plugins.hwbench_mo_ray").RayLauncher)
    _forget_namesakes()


def _check_installed(launcher: str) -> None:
    if launcher not in NEEDS:
        return
    package, extra = NEEDS[launcher]
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise InputError(
            f"{LAUNCHER}={launcher} needs {package.rpartition('.')[2]}, which is missing: {how_to_install(extra)}"
        )


def _keep_private(folder: Path) -> None:
    """Make a folder that nobody else can enter: submitit unpickles what it finds in there, which executes it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            raise InputError(f"{folder} is a link, but must be a folder of your own; delete it")
        folder.chmod(0o700)
    except OSError as error:
        raise InputError(f"{folder}: cannot be kept from others: {error.strerror or error}") from None


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
    for name in choices(LAUNCHER):
        registered.pop(f"{name}.yaml", None)
