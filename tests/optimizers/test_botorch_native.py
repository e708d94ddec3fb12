"""The optimizers of BoTorch against a bare loop of BoTorch, on its own test problems with genes of a few levels.

The same processes and candidates must give the same bytes, whether the bare loop searches as the optimizers do or by
the library's own discrete optimizer. `test_acquisition` compares the acquisition functions with their textbook forms,
`test_botorch_quality` whole runs with the library's defaults.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from hwbench_mo import make_problem
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes
from optimizers.shared import isolated
from studies.bo_regret import CLASSES

pytest.importorskip("botorch")
with isolated():
    import torch
    from botorch.optim import optimize_acqf_discrete

    from benchmarks.bare_botorch import bare, local_search
    from benchmarks.bo_speed import fit_as_botorch, ours, theirs
    from hwbench_mo.adapters.botorch import features
    from optimizers.libraries.botorch import gaussian_process
    from tests.support.botorch import FUNCTIONS, botorch_proposals, isolated_botorch

every_name = pytest.mark.parametrize("name", list(CLASSES))


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gaussian_process, "MAX_ITERATIONS", 10)  # of both sides
    with isolated_botorch():
        yield


@every_name
def test_the_bytes_are_those_of_a_bare_loop(name: str) -> None:
    box = FUNCTIONS["dtlz2, 3 objectives"]()
    settings: dict[str, Any] = {"seed": 1, "budget": 13, "n_initial": 10, "n_candidates": 50}
    expected = bare(name, box, choose=local_search(CLASSES[name].local_search_steps), **settings)
    assert botorch_proposals(name, box, **settings).tobytes() == expected.tobytes()


@pytest.mark.slow
@every_name
def test_the_bytes_of_a_long_run_are_those_of_a_bare_loop(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With GPyTorch's gradients on both sides: in fits of 50 steps, differences of the last bits grow."""
    monkeypatch.setattr(gaussian_process, "MAX_ITERATIONS", 50)
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    with fit_as_botorch():
        own = ours(name, problem, seed=0, budget=60, device="cpu")
    assert own.tobytes() == theirs(name, problem, seed=0, budget=60).tobytes()


def library_best(acquisition: Any, space: Space, candidates: Codes, seen: set[bytes]) -> Codes:
    """What BoTorch's own discrete optimizer takes, of everything but what was proposed."""
    everything = np.stack(list(space.enumerate()))
    known = np.array([code for code in everything if code.tobytes() in seen])
    choices, avoid = (torch.from_numpy(features(space, codes)) for codes in (everything, known))
    with torch.no_grad():
        chosen, _ = optimize_acqf_discrete(acquisition, q=1, choices=choices, X_avoid=avoid, max_batch_size=128)
    code: Codes = everything[int((choices == chosen).all(dim=1).nonzero()[0])]
    return code


@every_name
def test_of_a_small_space_the_best_is_that_of_botorchs_own_optimizer(name: str) -> None:
    box = FUNCTIONS["branin_currin"]()
    settings: dict[str, Any] = {"seed": 2, "budget": 12, "n_initial": 10, "n_candidates": box.space.size}
    expected = bare(name, box, choose=library_best, **settings)
    assert botorch_proposals(name, box, **settings).tobytes() == expected.tobytes()
