"""Sweeps on a real Slurm controller and node, which the tests start on this machine: Debian's ``slurm-wlm``."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.status import main as status_main
from tests.support.commands import needs_launchers, results, run, run_apart, same_files

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "sinfo")
SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
missing = [name for name in PROGRAMS if shutil.which(name, path=SBIN) is None]
pytestmark = [
    needs_launchers,
    pytest.mark.skipif(bool(missing), reason=f"Slurm is not installed: {', '.join(missing)}"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="slurmd runs as root alone"),
]

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(n: int) -> list[int]:
    """Of this machine."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cluster of one node on the loopback interface, while the tests of this file run."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    controller, node = free_ports(2)
    host = socket.gethostname().split(".")[0]
    path = folder / "slurm.conf"
    path.write_text(
        CONFIGURATION.format(host=host, controller=controller, node=node, folder=folder, cores=os.cpu_count())
    )
    environment = {"SLURM_CONF": str(path), "PATH": SBIN}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        daemons = [
            subprocess.Popen([name, "-D"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for name in ("slurmctld", "slurmd")
        ]
        try:
            _wait_for_node(folder)
            yield
        finally:
            for daemon in daemons[::-1]:
                daemon.terminate()
            for daemon in daemons:
                try:
                    daemon.wait(10)
                except subprocess.TimeoutExpired:
                    daemon.kill()


def _wait_for_node(folder: Path) -> None:
    end = time.monotonic() + 60
    while True:
        told = subprocess.run(["sinfo", "--noheader", "--format=%t"], capture_output=True, text=True, check=False)
        if told.stdout.strip() == "idle":
            return
        assert time.monotonic() < end, "\n".join(log.read_text() for log in folder.glob("*.log"))
        time.sleep(0.02)


@pytest.mark.usefixtures("slurm")
def test_slurm_leaves_the_same_files(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "seeds=[0,1],[2]", "optimizer=nsga2", "budget=120", "problem.noise=sample")
    assert run(*arguments, f"out={tmp_path / 'basic'}").returncode == 0
    done = run_apart(*arguments, "hydra/launcher=submitit_slurm", f"out={tmp_path / 'slurm'}")
    assert done.returncode == 0, done.stderr
    assert len(results(tmp_path / "slurm")) == 3
    assert same_files(tmp_path / "basic", tmp_path / "slurm")
    (script,) = (tmp_path / "slurm" / ".submitit").rglob("*_submission.sh")
    assert "#SBATCH --array=0-1" in script.read_text()


@pytest.mark.usefixtures("slurm")
def test_what_fails_on_a_node_is_told_and_made_by_the_next_start(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "budget=20", "seeds=2", "hydra/launcher=submitit_slurm", f"out={tmp_path}")
    assert run(*arguments).returncode == 0
    first, second = results(tmp_path)
    second.unlink()
    in_the_way = second.parent / f".{second.name}.lock"
    in_the_way.mkdir()  # of the claim of this one run
    failed = run(*arguments)
    assert failed.returncode != 0
    assert "1 failed:" in failed.stderr
    assert "seed=1: " in failed.stderr.splitlines()[-1]
    in_the_way.rmdir()
    assert run(*arguments).returncode == 0
    assert results(tmp_path) == [first, second]
    assert status_main([str(tmp_path)]) == 0
