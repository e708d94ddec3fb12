"""The jobs of a sweep as tasks of Ray: on this machine, or on every machine of a cluster that it joins.

hydra-ray-launcher would do the same, but wants cloudpickle below 3, which the other libraries are past, and waits for
its jobs in their order, so that the first whose process has died ends the sweep. Ray itself fits in beside the rest.
"""

import io
import os
import secrets
import socket
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict

from experiments.launchers.preparation import PLUGINS, THREADS
from experiments.sweeps.catalogue import CONF
from experiments.sweeps.progress import say
from hwbench_mo import InputError

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Unless the environment says otherwise: nothing is told to anyone, and no advice given."""


def _prepare(*, own: bool) -> None:
    """Say what Ray reads when it is imported. Its own nodes listen on every interface, so they ask for a token.

    Ray would keep one in the home directory. Of a cluster that is joined, Ray's variables say what it asks for.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if own and not {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ):
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


@dataclass(frozen=True)
class Cluster:
    """Where tasks run; see ``conf/hydra/launcher/ray.yaml``."""

    address: str | None
    num_cpus: int | None
    cpus_per_job: float
    max_retries: int


@dataclass(frozen=True)
class Sweep:
    """What all jobs of a sweep share; it is sent to each node once."""

    context: HydraContext
    task: TaskFunction
    config: DictConfig
    singletons: Any = field(default_factory=Singleton.get_state)
    folder: str = field(default_factory=os.getcwd)
    """Where the sweep was started: on every node, relative paths are relative to it."""


@dataclass(frozen=True)
class Done:
    """What a job sends back."""

    returned: JobReturn
    printed: tuple[str, str]
    """To standard output and standard error."""
    node: str


def launch(sweep: Sweep, cluster: Cluster, jobs: Sequence[Sequence[str]], *, first: int) -> list[JobReturn]:
    """Do the jobs; what each prints is printed when it has ended. A job whose process keeps dying stops no other."""
    _prepare(own=not cluster.address)
    import ray

    with _connected(cluster):
        shared = ray.put(sweep)
        task = ray.remote(_do).options(num_cpus=cluster.cpus_per_job, max_retries=cluster.max_retries)
        numbers = {task.remote(shared, list(job), number): number for number, job in enumerate(jobs, first)}
        returned: dict[int, JobReturn] = {}
        nodes: Counter[str] = Counter()
        waiting = list(numbers)
        while waiting:
            (ended, *_), waiting = ray.wait(waiting)
            number = numbers.pop(ended)
            try:
                done: Done = ray.get(ended)
            except ray.exceptions.RayError as error:
                # Told here, and found missing on the disk in the end; of a failed one Hydra would end the sweep.
                returned[number] = JobReturn(status=JobStatus.COMPLETED)
                print(f"job {number}, {' '.join(jobs[number - first])}: {_line(error)}", file=sys.stderr)
                continue
            returned[number] = done.returned
            nodes[done.node] += 1
            for text, stream in zip(done.printed, (sys.stdout, sys.stderr), strict=True):
                if text:
                    say(text.rstrip(), stream)
        say("Ray: " + ", ".join(f"{n} jobs on node {node}" for node, n in nodes.most_common()), sys.stderr)
        return [returned[number] for number in sorted(returned)]


@contextmanager
def _connected(cluster: Cluster) -> Iterator[None]:
    import ray

    try:
        _connect(cluster)
        yield
    finally:
        ray.shutdown()


def _given() -> list[str]:
    return [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]


def _connect(cluster: Cluster) -> None:
    import ray

    # A user's own optimizer is found where this process finds it.
    path = os.pathsep.join(dict.fromkeys((str(CONF.parent), str(PLUGINS), os.getcwd(), *_given())))
    threads = str(max(1, int(cluster.cpus_per_job)))
    own = {"num_cpus": cluster.num_cpus, "include_dashboard": False}
    try:
        _knock(cluster.address)
        ray.init(
            address=cluster.address or "local",  # without one it would join what runs here
            log_to_driver=False,
            logging_level="ERROR",
            runtime_env={"env_vars": {"PYTHONPATH": path, **dict.fromkeys(THREADS, threads)}},
            **({} if cluster.address else own),
        )
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise InputError(f"hydra.launcher.address={cluster.address or 'null'}: {_line(error)}") from None
    most = max(node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"])
    if cluster.cpus_per_job > most:
        wanted = f"hydra.launcher.cpus_per_job is {cluster.cpus_per_job}"
        raise InputError(f"{wanted}, but no node of the cluster has more than {most:g}")


def _knock(address: str | None) -> None:
    """Fail at once where nothing listens: Ray would try for minutes."""
    host, _, port = (address or "").rpartition(":")
    if host and port.isdecimal() and "://" not in host:
        socket.create_connection((host, int(port)), timeout=10).close()


def _do(sweep: Sweep, job: list[str], number: int) -> Done:
    """In a process of Ray's: compose the configuration of a job, and do it."""
    import ray

    os.chdir(sweep.folder)
    setup_globals()
    Singleton.set_state(sweep.singletons)
    config = sweep.context.config_loader.load_sweep_config(sweep.config, job)
    with open_dict(config):
        config.hydra.job.id = ray.get_runtime_context().get_task_id()
        config.hydra.job.num = number
    HydraConfig.instance().set_config(config)
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        returned = run_job(
            hydra_context=sweep.context,
            task_function=sweep.task,
            config=config,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
    node = f"{ray.get_runtime_context().get_node_id()[:8]} at {ray.util.get_node_ip_address()}"
    return Done(returned, (out.getvalue(), err.getvalue()), node)


def _line(error: Exception) -> str:
    error = getattr(error, "cause", None) or error  # what was raised in a process of Ray's
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
