"""BoTorch's test problems over genes of a few levels, and its loops kept apart from the rest of a process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hwbench_mo import SearchSpace
from hwbench_mo.typing import Codes
from optimizers.shared import isolated
from studies.bo_regret import CLASSES
from tests.support.discretised import Discretised, proposed

with isolated():
    import torch
    from botorch.test_functions.multi_objective import DTLZ2, ZDT1, BraninCurrin


@contextmanager
def isolated_botorch() -> Iterator[None]:
    """One thread; the global generators, which BoTorch's own loops move, are restored, and warnings ignored."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with isolated(), torch.random.fork_rng(devices=[]):
        yield
    torch.set_num_threads(n_threads)


def of_botorch(made: Any, space: SearchSpace) -> Discretised:
    """A problem whose variables are the genes of a space that have a choice, the one with most levels first."""
    genes = [gene for gene in (0, 1, 3, 4, 2) if space.n_choices[gene] > 1]
    return Discretised(
        lambda X: made(torch.from_numpy(X)).numpy(),
        made.num_objectives,
        space=space,
        genes=genes[: made.dim],
        reference_point=made.ref_point.numpy(),
    )


FINE = tuple(range(1, 31))
"""Levels of embed_dim, and of n_layer, which are ordered in the features of the processes."""
FEW = tuple(range(1, 6))
"""Levels of mlp_ratio and n_head, which are counted there."""
SHARED = SearchSpace(name="shared genes", embed_dim=FINE, n_layer=FINE, mlp_ratio=(1,), n_head=(1,), bias=(False,))
LAYER = SearchSpace(name="one layer", embed_dim=FINE, n_layer=(1,), mlp_ratio=FEW, n_head=FEW)
FUNCTIONS: dict[str, Callable[[], Any]] = {
    "branin_currin": lambda: of_botorch(BraninCurrin().double(), SHARED),
    "dtlz2": lambda: of_botorch(DTLZ2(dim=4, num_objectives=2).double(), LAYER),
    "zdt1": lambda: of_botorch(ZDT1(dim=4).double(), LAYER),
    "dtlz2, 3 objectives": lambda: of_botorch(DTLZ2(dim=4, num_objectives=3).double(), LAYER),
}
"""Typed as anything: an optimizer is declared to want a `Problem`, and needs no more than these have."""


def botorch_proposals(name: str, problem: Any, *, seed: int, budget: int, **settings: Any) -> Codes:
    """What an optimizer of BoTorch proposes, one at a time."""
    return proposed(partial(CLASSES[name], **settings), problem, seed=seed, budget=budget, at_once=1)
