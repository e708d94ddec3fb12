"""The optimizers of BoTorch: the state of torch, numerics, standardised values."""

import sys
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, simulate
from optimizers.libraries.botorch.observations import standardised
from tests.support.optimizers import BOTORCH, OPTIMIZERS, PROBLEMS, each_of, quicken

of_botorch = each_of(sorted(BOTORCH))


@pytest.fixture(autouse=True)
def quick_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if getattr(request.node, "callspec", None):
        quicken(monkeypatch)


@of_botorch
def test_generators_and_threads_of_torch_are_left_alone(name: str) -> None:
    import torch

    problem = PROBLEMS["gpt_s"]()

    def run() -> bytes:
        return simulate(problem, OPTIMIZERS[name](problem, seed=0), budget=8).codes.tobytes()

    torch.random.manual_seed(7)
    before, n_threads = torch.random.get_rng_state(), torch.get_num_threads()
    first = run()
    assert bool((torch.random.get_rng_state() == before).all())
    assert torch.get_num_threads() == n_threads
    torch.random.manual_seed(8)
    assert run() == first


@of_botorch
def test_the_order_of_telling_changes_nothing(name: str) -> None:
    problem = PROBLEMS["gpt_s"]()

    def proposed(order: slice) -> bytes:
        optimizer = OPTIMIZERS[name](problem, seed=0)
        first = optimizer.ask(6)
        optimizer.tell(first[order], problem.evaluate(first[order]))
        return optimizer.ask(2).tobytes()

    assert proposed(slice(None)) == proposed(slice(None, None, -1))


@of_botorch
@pytest.mark.parametrize("problem_name", ["gpt_s", "gpt_m, 3 objectives", "gpt_l, 1 objective", "noisy"])
def test_numerics_of_models_do_not_fail(name: str, problem_name: str) -> None:
    """Where they do, a random architecture is proposed: a run goes on, and an error of ours would hide there."""
    problem = PROBLEMS[problem_name]()
    optimizer: Any = OPTIMIZERS[name](problem, seed=0)
    simulate(problem, optimizer, budget=8, n_workers=2)
    assert optimizer._surrogate.n_failed == 0


@of_botorch
def test_model_based_ones_name_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botorch", None)
    with pytest.raises(
        InputError, match=rf"{name} needs BoTorch, .*: pip install -c constraints.txt -e '.\[botorch\]'"
    ):
        OPTIMIZERS[name](PROBLEMS["gpt_s"](), seed=0)


def test_models_see_standardised_values_of_any_scale() -> None:
    values = np.random.default_rng(0).random((9, 2)) - 0.5
    own, worst = standardised(values * np.array([1e-300, 1e300]), None)
    assert own.mean(axis=0) == pytest.approx(0)
    assert own.std(axis=0) == pytest.approx(1)
    assert (worst < own).all()
