"""Which features and kernel predict architectures best: ``python -m studies.bo_encoding``.

Gaussian processes of perplexity and latency@a100, fitted as the optimizers do, on 50, 100 and 200 random architectures
of gpt_s and gpt_m; judged on 500 others. ``--log`` models logarithms; the likelihood is that of the values even so.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from botorch.models import SingleTaskGP
from botorch.models.kernels import CategoricalKernel
from gpytorch.kernels import Kernel, ScaleKernel

from hwbench_mo import make_problem
from hwbench_mo.adapters.botorch import features as features_of
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Floats
from optimizers.libraries.botorch import gaussian_process
from optimizers.libraries.botorch.isolation import isolated_torch

SIZES = (50, 100, 200)
N_TEST, N_SEEDS = 500, 3
BATCH = torch.Size([2])


def ordinal(space: Space, codes: Codes) -> Floats:
    return codes / np.maximum(space.n_choices - 1, 1)


def one_hot(space: Space, codes: Codes) -> Floats:
    return np.concatenate([codes[:, [g]] == np.arange(k) for g, k in enumerate(space.n_choices)], axis=1).astype(float)


def counts(space: Space, codes: Codes) -> Floats:
    """Shared genes, and the share of slots that take each choice."""
    active = space.active_slots(codes)
    shares = [
        ((codes[:, genes] == choice) & active).mean(axis=1)
        for genes, choices in ((space.mlp_genes, space.mlp_ratio), (space.head_genes, space.n_head))
        for choice in range(len(choices))
    ]
    return np.concatenate([ordinal(space, codes)[:, :3], np.stack(shares, axis=1)], axis=1)


def counts_and_slots(space: Space, codes: Codes) -> Floats:
    return np.concatenate([counts(space, codes), ordinal(space, codes)[:, 3:]], axis=1)


def matern(dims: slice | None = None, n: int = 0, *, ard: bool = False) -> Kernel:
    return gaussian_process.matern(BATCH, range(n)[dims or slice(None)], ard=ard)


def scaled(kernel: Kernel) -> Kernel:
    return ScaleKernel(kernel, batch_shape=BATCH)


def slots_added(n: int) -> Kernel:
    """What all layers have in common, and a smaller part that depends on where they are."""
    return scaled(matern(slice(9), n, ard=True)) + scaled(matern(slice(3), n, ard=True) * matern(slice(9, None), n))


def two_lengths(n: int) -> Kernel:
    """One product; a length each for shared genes and counts, one for all slots."""
    return scaled(matern(slice(9), n, ard=True) * matern(slice(9, None), n))


def hamming(n: int) -> Kernel:
    return scaled(CategoricalKernel(batch_shape=BATCH))


WAYS: dict[str, tuple[Callable[[Space, Codes], Floats], Callable[[int], Kernel]]] = {
    "ordinal, one length": (ordinal, lambda n: scaled(matern(n=n))),
    "ordinal, ARD": (ordinal, lambda n: scaled(matern(n=n, ard=True))),
    "one-hot, one length": (one_hot, lambda n: scaled(matern(n=n))),
    "Hamming": (ordinal, hamming),
    "counts, ARD": (counts, lambda n: scaled(matern(n=n, ard=True))),
    "counts and moments, ARD": (features_of, lambda n: scaled(matern(n=n, ard=True))),
    "counts ARD x slots": (counts_and_slots, two_lengths),
    "counts ARD + shared ARD x slots": (counts_and_slots, slots_added),
}


def judged(way: str, space_name: str, n: int, seed: int, *, log: bool) -> Floats:
    """Log-likelihood and rank correlation of each objective, and seconds of the fit."""
    problem = make_problem(space_name, ["perplexity", "latency@a100"])
    features, kernel = WAYS[way]
    codes = problem.space.sample(n + N_TEST, np.random.default_rng(seed))
    values = problem.evaluate(codes)
    modelled = np.log(values) if log else values
    X = torch.from_numpy(features(problem.space, codes))
    Y = torch.from_numpy((modelled - modelled[:n].mean(axis=0)) / modelled[:n].std(axis=0))
    with isolated_torch(seed):
        model: Any = SingleTaskGP(X[:n], Y[:n], covar_module=kernel(X.shape[1]), outcome_transform=None)
        start = time.process_time()
        gaussian_process.fit(model)
        seconds = time.process_time() - start
        with torch.no_grad():
            posterior = model.posterior(X[n:], observation_noise=True)
            mean, variance = posterior.mean.numpy(), posterior.variance.numpy()
    truth = Y[n:].numpy()
    likelihood = -0.5 * ((truth - mean) ** 2 / variance + np.log(2 * np.pi * variance)).mean(axis=0)
    if log:  # the density of the values, in units of their deviation
        likelihood += (np.log(values[:n].std(axis=0) / modelled[:n].std(axis=0)) - modelled[n:]).mean(axis=0)
    ranks = [np.corrcoef(_ranks(mean[:, k]), _ranks(truth[:, k]))[0, 1] for k in range(2)]
    return np.array([*likelihood, *ranks, seconds])


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(float)


def main() -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(prog="python -m studies.bo_encoding")
    parser.add_argument("--spaces", nargs="+", default=["gpt_s", "gpt_m"], choices=["gpt_s", "gpt_m", "gpt_l"])
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--log", action="store_true", help="model the logarithm of each objective")
    chosen = parser.parse_args()
    print("| space | n | features, kernel | log-lik. ppl | lat | Spearman ppl | lat | fit, s |")
    print("|---|---|---|---|---|---|---|---|")
    for space_name in chosen.spaces:
        for n in chosen.sizes:
            for way in chosen.ways:
                rows = [judged(way, space_name, n, seed, log=chosen.log) for seed in range(N_SEEDS)]
                cells = " | ".join(f"{cell:.3f}" for cell in np.mean(rows, axis=0))
                print(f"| {space_name} | {n} | {way} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
