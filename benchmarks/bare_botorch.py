"""A plain loop of BoTorch that does what the model-based optimizers do, without their classes.

`benchmarks.test_botorch` times it; `tests.optimizers.test_botorch_native` checks that both propose the same.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from botorch.acquisition import GenericMCObjective, LogExpectedImprovement
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective import ExpectedHypervolumeImprovement
from botorch.acquisition.multi_objective.logei import (
    qLogExpectedHypervolumeImprovement,
    qLogNoisyExpectedHypervolumeImprovement,
)
from botorch.acquisition.multi_objective.utils import prune_inferior_points_multi_objective
from botorch.acquisition.objective import ScalarizedPosteriorTransform
from botorch.sampling import SobolQMCNormalSampler
from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning
from botorch.utils.multi_objective.pareto import is_non_dominated
from botorch.utils.multi_objective.scalarization import get_chebyshev_scalarization

from hwbench_mo.adapters.botorch import features
from hwbench_mo.spaces import Space
from hwbench_mo.typing import Codes, Values
from optimizers.libraries.botorch.gaussian_process import fit, gaussian_process

Choose = Callable[[Any, Space, Codes, set[bytes]], Codes]
"""Of an acquisition function, a space, a pool ``[n, d]`` and what was proposed: the next code ``[d]``."""


def sampler(seed: int) -> Any:
    return SobolQMCNormalSampler(torch.Size([32]), seed=seed)


def weights_of(seed: int, m: int) -> Any:
    """Uniform on the simplex."""
    return torch.from_numpy(np.random.default_rng(seed).dirichlet(np.ones(m)))


def ehvi(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    return ExpectedHypervolumeImprovement(model, reference.tolist(), FastNondominatedPartitioning(reference, Y=Y))


def lsbo(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    weights = torch.full((Y.shape[1],), 1 / Y.shape[1], dtype=Y.dtype)
    transform = ScalarizedPosteriorTransform(weights)
    return LogExpectedImprovement(model, best_f=(Y @ weights).max(), posterior_transform=transform)


def rsbo(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    weights, beta = weights_of(seed, Y.shape[1]), 0.125 * math.log(2 * len(Y) + 1)

    def bound(at: Any) -> Any:
        posterior = model.posterior(at)
        return ((posterior.mean + math.sqrt(beta) * posterior.variance.sqrt()) @ weights)[:, 0]

    return bound


def qlogehvi(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    partitioning = FastNondominatedPartitioning(reference, Y=Y)
    return qLogExpectedHypervolumeImprovement(model, reference, partitioning, sampler=sampler(seed))


def qlognehvi(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    baseline = prune_inferior_points_multi_objective(model, X, ref_point=reference, num_samples=64)
    return qLogNoisyExpectedHypervolumeImprovement(model, reference, baseline, sampler=sampler(seed))


def qlognparego(model: Any, X: Any, Y: Any, reference: Any, seed: int) -> Any:
    with torch.no_grad():
        mean = model.posterior(X).mean
    objective = GenericMCObjective(get_chebyshev_scalarization(weights_of(seed, Y.shape[1]), mean))
    return qLogNoisyExpectedImprovement(model, X, sampler=sampler(seed), objective=objective, prune_baseline=True)


ACQUISITIONS: dict[str, Callable[[Any, Any, Any, Any, int], Any]] = {
    "ehvi": ehvi,
    "lsbo": lsbo,
    "rsbo": rsbo,
    "qlogehvi": qlogehvi,
    "qlognehvi": qlognehvi,
    "qlognparego": qlognparego,
}


def bare(
    name: str,
    problem: Any,
    *,
    seed: int,
    budget: int,
    n_candidates: int,
    choose: Choose,
    n_initial: int = 20,
    refit: float = 0.2,
) -> Codes:
    """``[budget, d]``; what is evaluated. Moves torch's global generator."""
    space, rng = problem.space, np.random.default_rng(seed)
    codes, values = np.empty((0, space.n_genes), dtype=np.int64), np.empty((0, len(problem.objectives)))
    seen: set[bytes] = set()
    state, next_fit = None, 0
    for step in range(budget):
        if step < n_initial:
            code = space.sample(1, rng)[0]
            while code.tobytes() in seen:
                code = space.sample(1, rng)[0]
        else:
            mean, deviation = values.mean(axis=0), values.std(axis=0)
            X, Y = torch.from_numpy(features(space, codes)), torch.from_numpy((mean - values) / deviation)
            reference = torch.from_numpy((mean - problem.reference_point) / deviation)
            if not (reference < Y).all(dim=1).any():
                worst, best = Y.min(dim=0).values, Y.max(dim=0).values
                reference = worst - 0.1 * (best - worst).clamp(min=1.0)
            candidates = pool(space, codes, values, n_candidates, seen, rng)
            step_seed = int(rng.integers(2**31))
            torch.manual_seed(step_seed)
            model = gaussian_process(X, Y)
            if state is not None:
                model.load_state_dict(state)
            if step >= next_fit:
                next_fit = max(step + 1, math.ceil(step * (1 + refit)))
                fit(model)
                state = model.state_dict()
            acquisition = ACQUISITIONS[name](model.eval(), X, Y, reference, step_seed)
            code = choose(acquisition, space, candidates, seen)
        seen.add(code.tobytes())
        codes = np.concatenate([codes, code[None]])
        values = np.concatenate([values, problem.evaluate(code[None])])
    return codes


def pool(space: Space, codes: Codes, values: Values, n: int, seen: set[bytes], rng: np.random.Generator) -> Codes:
    """New random architectures, and new ones at one or two random steps from the front, in equal parts."""
    if space.size <= n:
        return unseen(np.stack(list(space.enumerate())), seen)
    front = codes[is_non_dominated(torch.from_numpy(-values)).numpy()]
    near = space.random_neighbours(front[rng.integers(len(front), size=n - n // 2)], rng)
    twice = rng.random(len(near)) < 0.5
    near[twice] = space.random_neighbours(near[twice], rng)
    return unseen(np.concatenate([near, space.sample(n // 2, rng)]), seen)


def unseen(codes: Codes, seen: set[bytes]) -> Codes:
    kept = {key: row for row, code in enumerate(codes) if (key := code.tobytes()) not in seen}
    return codes[sorted(kept.values())]


def local_search(steps: int) -> Choose:
    """The best of the pool, and then its best neighbour while that is better, for at most so many steps."""

    def best(acquisition: Any, space: Space, codes: Codes) -> tuple[Codes, float]:
        with torch.no_grad():
            parts = torch.from_numpy(features(space, codes))[:, None].split(128)
            found = torch.cat([acquisition(part) for part in parts]).numpy()
        row = int(found.argmax())
        return codes[row], float(found[row])

    def choose(acquisition: Any, space: Space, candidates: Codes, seen: set[bytes]) -> Codes:
        code, value = best(acquisition, space, candidates)
        for _ in range(steps):
            near = unseen(space.neighbours(code), seen)
            if not len(near):
                break
            neighbour, of_neighbour = best(acquisition, space, near)
            if not of_neighbour > value:
                break
            code, value = neighbour, of_neighbour
        return code

    return choose
