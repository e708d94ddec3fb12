"""The boxes of three objectives are those of BoTorch, in the same order."""

import pytest

from optimizers.shared import isolated

pytest.importorskip("botorch")
with isolated():
    import torch
    from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

    from optimizers.libraries.botorch.partitioning import Partitioning


def values(kind: str, m: int) -> torch.Tensor:
    """On a sphere all are non-dominated; of a cube few are; on a grid coordinates are equal; and some are worse."""
    Y = torch.rand(25, m, generator=torch.Generator().manual_seed(m), dtype=torch.float64)
    kinds = {"sphere": Y / Y.norm(dim=1, keepdim=True), "cube": Y, "grid": (Y * 4).round() / 4, "worse": Y - 2}
    return kinds[kind]


@pytest.mark.parametrize("kind", ["sphere", "cube", "grid", "worse"])
@pytest.mark.parametrize("m", [2, 3, 4])
def test_boxes_are_those_of_botorch(kind: str, m: int) -> None:
    reference = torch.linspace(0.05, 0.2, m, dtype=torch.float64)
    Y = values(kind, m)[: 12 if m > 3 else None]
    ours, theirs = Partitioning(reference, Y=Y), FastNondominatedPartitioning(reference, Y=Y)
    assert torch.equal(ours.get_hypercell_bounds(), theirs.get_hypercell_bounds())
    assert torch.equal(ours.compute_hypervolume(), theirs.compute_hypervolume())


def test_more_points_give_the_boxes_of_all() -> None:
    reference, Y = torch.zeros(3, dtype=torch.float64), values("sphere", 3)
    updated = Partitioning(reference, Y=Y[:10])
    updated.update(Y[10:])
    assert torch.equal(updated.get_hypercell_bounds(), Partitioning(reference, Y=Y).get_hypercell_bounds())
