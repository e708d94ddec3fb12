"""Several processes train what one does, as torchrun starts them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from hwbench_mo.supernet import checkpoint
from hwbench_mo.supernet.corpus import Corpus
from hwbench_mo.supernet.ranks import Ranks, joined
from tests.support.spaces import ROOT


def test_one_process_is_alone() -> None:
    with joined("cpu") as ranks:
        assert ranks == Ranks(0, 1, torch.device("cpu"))
        values = torch.ones(2)
        ranks.sum(values)
        ranks.wait()
        assert values.tolist() == [1, 1]
        assert ranks.same(0.5) == 0.5


@pytest.mark.slow
def test_two_processes_train_what_one_does(corpus: Corpus, tmp_path: Path) -> None:
    space = tmp_path / "toy_net.json"
    space.write_text(
        '{"name": "toy_net", "embed_dim": [8, 16], "n_layer": [1, 2], "mlp_ratio": [1, 2], "n_head": [1, 2], '
        '"batch_size": 1, "vocabulary": 300}'
    )
    options = ["--steps", "6", "--sequence", "16", "--batch", "4", "--accumulation", "2", "--warm-up", "2"]
    options += ["--on", "cpu", "--distil", "0.5"]

    def start(n: int) -> dict[str, torch.Tensor]:
        out = tmp_path / f"out-{n}"
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = str(one.getsockname()[1])
        told = {"WORLD_SIZE": str(n), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "hwbench_mo", "supernet", "train", "--space", str(space)]
        command += ["--text", str(corpus.folder), "--out", str(out), *options]
        running = [
            subprocess.Popen(command, env={**os.environ, **told, "RANK": str(rank), "LOCAL_RANK": str(rank)})
            for rank in range(n)
        ]
        assert [one.wait(120) for one in running] == [0] * n
        path = checkpoint.newest(out)
        assert path is not None
        return checkpoint.read_tensors(path)[0]

    alone, together = start(1), start(2)
    assert alone.keys() == together.keys()
    for name, one in alone.items():
        torch.testing.assert_close(together[name], one, atol=2e-5, rtol=1e-3, msg=name)
