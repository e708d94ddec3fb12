"""Which observations may be non-dominated: BoTorch's pruning, with fewer comparisons."""

from typing import Any

import torch
from botorch.sampling.get_sampler import get_sampler


def pruned_baseline(model: Any, X: Any, *, reference: Any, n_samples: int) -> Any:
    """Those of ``X`` ``[n, k]`` that are non-dominated, and better than the reference point, in a posterior sample.

    They are those of BoTorch's ``prune_inferior_points_multi_objective`` with the same state of torch's generator. That
    compares all pairs of points in every sample by tensors ``[s, n, n, m]``, which takes a quarter of a suggestion.
    """
    with torch.no_grad():
        posterior = model.posterior(X)
        samples = get_sampler(posterior=posterior, sample_shape=torch.Size([n_samples]))(posterior)
    kept = non_dominated(samples) & (samples > reference).all(dim=-1)
    return X[kept.any(dim=0)]


def non_dominated(values: Any) -> Any:
    """``[s, n]``; whether none of the n is better in all of ``values`` ``[s, n, m]``, maximised.

    >>> non_dominated(torch.tensor([[[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]]])).tolist()
    [[True, True, False]]
    """
    dominates = values[:, :, None, 0] > values[:, None, :, 0]
    for j in range(1, values.shape[-1]):
        dominates &= values[:, :, None, j] > values[:, None, :, j]
    return ~dominates.any(dim=1)
