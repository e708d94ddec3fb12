"""The device of the model-based optimizers: wrong ones are refused; a GPU, where there is one, finds the same."""

from typing import Any

import pytest

from hwbench_mo import InputError, make_problem, simulate
from optimizers.shared import isolated
from tests.support.optimizers import BOTORCH, OPTIMIZERS, each_of, needs_botorch

pytest.importorskip("botorch")
with isolated():
    import torch

    from optimizers.libraries.botorch.device import device_named

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")


@needs_botorch
@pytest.mark.parametrize("device", ["gpu", "cuda:", "CPU", "", 0, None])
def test_an_unknown_device_is_refused(device: Any) -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    with pytest.raises(InputError, match=f"^device is {device!r}, but must be cpu, cuda or cuda:N"):
        OPTIMIZERS["ehvi"](problem, seed=0, device=device)


@pytest.mark.parametrize(("device", "n_gpus"), [("cuda", 0), ("cuda:0", 0), ("cuda:2", 2)])
def test_a_gpu_that_is_not_there_is_refused(device: str, n_gpus: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: n_gpus)
    with pytest.raises(InputError, match=f"^device is '{device}', but torch finds {n_gpus or 'no'} GPU"):
        device_named(device)


def test_a_gpu_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [str(device_named(name)) for name in ("cpu", "cuda", "cuda:1")] == ["cpu", "cuda", "cuda:1"]


@needs_gpu
@each_of(sorted(BOTORCH))
@pytest.mark.parametrize("metrics", [["perplexity", "latency@a100"], ["perplexity", "latency@a100", "energy@a100"]])
def test_a_gpu_computes_as_the_processor_does(name: str, metrics: list[str]) -> None:
    problem = make_problem("gpt_s", metrics)
    runs = []
    for device in ("cpu", "cuda"):
        optimizer: Any = OPTIMIZERS[name](problem, seed=0, device=device)
        runs.append(simulate(problem, optimizer, budget=9).codes)
        assert optimizer._surrogate.n_failed == 0
    assert (runs[0] == runs[1]).all()
