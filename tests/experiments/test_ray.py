"""A sweep on a cluster of Ray: two nodes on this machine, each of one CPU."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.status import main as status_main
from tests.support.commands import command_of, results, wait_for
from tests.support.spaces import ROOT

pytest.importorskip("ray", reason="Ray is not installed: pip install -c constraints.txt -e '.[ray]'")
SWEEP = ("optimizer=random_search,nsga2", "seed=range(0,6)", "budget=200")


def sweep(*arguments: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = command_of("experiments.run", "-m", *arguments)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty home; what is asked of Ray's nodes is a token that is in no file."""
    home, stalling = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("stalling") / "process"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    return clean | {"HOME": str(home), "STALLING": str(stalling)} | token


@pytest.fixture(scope="module")
def address(env: dict[str, str]) -> Iterator[str]:
    """Of a cluster whose nodes end with the tests, whatever happens in them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nodes = [_node("--head", f"--port={port}", "--include-dashboard=false", env=env)]
    try:
        _wait_for(port)
        nodes.append(_node(f"--address=127.0.0.1:{port}", env=env))
        _wait_for_nodes(f"127.0.0.1:{port}", env)
        yield f"127.0.0.1:{port}"
    finally:
        for node in nodes:
            node.terminate()
        for node in nodes:
            node.wait(30)


def _node(*arguments: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = command_of("ray.scripts.scripts", "start", "--num-cpus=1", "--disable-usage-stats", "--block", *arguments)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("Ray's head did not start")


def _wait_for_nodes(address: str, env: dict[str, str]) -> None:
    script = (
        f"import ray, time; ray.init({address!r}, logging_level='ERROR')\n"
        "for _ in range(300):\n  if len(ray.nodes()) == 2: break\n  time.sleep(0.02)\nelse: raise TimeoutError"
    )
    subprocess.run([sys.executable, "-c", script], env=env, check=True)


def test_two_nodes_make_the_runs_of_one_process(address: str, env: dict[str, str], tmp_path: Path) -> None:
    basic = sweep(*SWEEP, f"out={tmp_path / 'basic'}", env=env)
    basic.communicate(timeout=60)
    assert basic.returncode == 0
    cluster = ("hydra/launcher=ray", f"hydra.launcher.address={address}")
    process = sweep(*SWEEP, *cluster, f"out={tmp_path / 'ray'}", env=env)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert len(out.splitlines()) == 12, out
    (told,) = [line for line in err.splitlines() if line.startswith("Ray: ")]
    assert told.count(" on node ") == 2, told
    expected, made = results(tmp_path / "basic"), results(tmp_path / "ray")
    assert [path.name for path in made] == [path.name for path in expected]
    assert [path.read_bytes() for path in made] == [path.read_bytes() for path in expected]
    assert list(Path(env["HOME"]).iterdir()) == []


@pytest.mark.parametrize("retries", [0, 3])
def test_a_worker_that_is_killed_loses_one_run_at_most(
    retries: int, address: str, env: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stalling = Path(env["STALLING"])
    stalling.unlink(missing_ok=True)
    arguments = (
        "++optimizer._target_=tests.support.doubles.Stalling",
        "seed=range(0,6)",
        "budget=50",
        f"out={tmp_path}",
    )
    cluster = ("hydra/launcher=ray", f"hydra.launcher.address={address}", f"hydra.launcher.max_retries={retries}")
    process = sweep(*arguments, *cluster, env=env)
    wait_for(stalling)
    os.kill(int(stalling.read_text()), signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    n_made = len(results(tmp_path))
    if retries:
        assert process.returncode == 0, err
    else:
        assert process.returncode == 1
        assert "WorkerCrashedError" in err
        assert "Traceback" not in err
        assert "its process ended before it was done" in err
        assert n_made == 5
        again = sweep(*arguments, env=env)  # by any launcher
        told, err = again.communicate(timeout=120)
        assert again.returncode == 0, err
        assert told.count("(found, not repeated)") == n_made
    assert len(results(tmp_path)) == 6
    assert status_main([str(tmp_path)]) == 0


def test_without_a_cluster_ray_is_started_and_leaves_nothing_behind(env: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    alone = {name: value for name, value in env.items() if not name.startswith("RAY_")} | {"HOME": str(home)}
    arguments = ("hydra/launcher=ray", "hydra.launcher.num_cpus=2", f"out={tmp_path / 'out'}", "budget=20,0", "seed=1")
    process = sweep(*arguments, env=alone)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.splitlines()[-2:] == ["1 failed:", "  budget=0 seed=1: budget is 0, but must be at least 1"]
    assert len(results(tmp_path / "out")) == 1
    assert list(home.iterdir()) == []


def test_a_cluster_that_is_not_there_is_told_in_a_line(env: dict[str, str], tmp_path: Path) -> None:
    process = sweep("hydra/launcher=ray", "hydra.launcher.address=127.0.0.1:1", f"out={tmp_path}", env=env)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("error: hydra.launcher.address=127.0.0.1:1: ConnectionRefusedError")
    assert len(err.splitlines()) == 1
