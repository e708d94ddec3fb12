"""Checkpoints come back as they were, and broken or foreign ones are refused."""

from pathlib import Path

import pytest
import torch

from hwbench_mo.errors import InputError
from hwbench_mo.supernet import checkpoint
from hwbench_mo.supernet.elastic import Supernet
from hwbench_mo.supernet.optimisation import make_optimizer
from tests.supernet.toy import TOY, toy_settings


def test_it_comes_back(tmp_path: Path) -> None:
    one, other = Supernet(TOY, seed=1), Supernet(TOY, seed=2)
    path = checkpoint.save(tmp_path, 7, one.whole, make_optimizer(one, toy_settings()), {"a": 1})
    assert checkpoint.newest(tmp_path) == path
    assert checkpoint.load(path, other.whole, make_optimizer(other, toy_settings())) == {"a": 1, "step": 7}
    for weight, found in zip(one.whole.parameters(), other.whole.parameters(), strict=True):
        assert torch.equal(weight, found)
    with pytest.raises(InputError, match=r"is no checkpoint: .*"):
        checkpoint.read_tensors(tmp_path / "missing.safetensors")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"step-0000007.safetensors is no checkpoint"):
        checkpoint.load(path, one.whole, make_optimizer(one, toy_settings()))


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    one = Supernet(TOY)
    for step in (1, 2, 10):
        checkpoint.save(tmp_path, step, one.whole, make_optimizer(one, toy_settings()), {})
    assert sorted(checkpoint.steps_in(tmp_path)) == [2, 10]


def test_that_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.write_tensors(path, {"weight/embedding.weight": torch.zeros(2, 2)}, {"step": 1})
    one = Supernet(TOY)
    with pytest.raises(InputError, match=r"weight/embedding.weight is \(2, 2\), but must be \(300, 16\)"):
        checkpoint.load(path, one.whole, make_optimizer(one, toy_settings()))
