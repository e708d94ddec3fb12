"""The launcher as Hydra wants it: a class in the namespace ``hydra_plugins``, around `experiments.launchers.ray`."""

import sys
from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from experiments.launchers import ray
from hwbench_mo import InputError
from hwbench_mo.errors import report


class RayLauncher(Launcher):
    """Launches each job as a task of Ray; see ``conf/hydra/launcher/ray.yaml`` for the parameters."""

    def __init__(self, address: str | None, num_cpus: int | None, cpus_per_job: float, max_retries: int) -> None:
        self._cluster = ray.Cluster(address, num_cpus, cpus_per_job, max_retries)

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Called by Hydra before `launch`."""
        self._sweep = ray.Sweep(hydra_context, task_function, config)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Do the jobs of one batch."""
        try:
            return ray.launch(self._sweep, self._cluster, job_overrides, first=initial_job_idx)
        except InputError as error:
            sys.exit(report(error))
