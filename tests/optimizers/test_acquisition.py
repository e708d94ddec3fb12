"""Each acquisition function has the value of the library's textbook form."""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from optimizers.libraries.botorch.observations import standardised
from optimizers.shared import isolated
from studies.bo_regret import CLASSES

pytest.importorskip("botorch")
with isolated():
    import torch
    from botorch.acquisition import GenericMCObjective, UpperConfidenceBound, qNoisyExpectedImprovement
    from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
    from botorch.acquisition.multi_objective.monte_carlo import (
        qExpectedHypervolumeImprovement,
        qNoisyExpectedHypervolumeImprovement,
    )
    from botorch.acquisition.objective import ScalarizedPosteriorTransform
    from botorch.sampling import SobolQMCNormalSampler
    from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning
    from botorch.utils.multi_objective.scalarization import get_chebyshev_scalarization

    from benchmarks.bare_botorch import weights_of
    from hwbench_mo.adapters.botorch import features
    from optimizers.libraries.botorch.acquisition import AcquisitionInputs
    from optimizers.libraries.botorch.gaussian_process import fit, gaussian_process
    from tests.support.botorch import FUNCTIONS, isolated_botorch


@pytest.fixture(autouse=True)
def _isolated() -> Iterator[None]:
    with isolated_botorch():
        yield


@lru_cache(maxsize=2)
def inputs_of(n_objectives: int) -> tuple[AcquisitionInputs, Any, Any]:
    """Processes of 25 architectures, 40 candidates ``[n, 1, k]``, and the problem."""
    name = {2: "dtlz2", 3: "dtlz2, 3 objectives"}[n_objectives]
    box = FUNCTIONS[name]()
    codes = np.unique(box.space.sample(70, np.random.default_rng(0)), axis=0)
    np.random.default_rng(1).shuffle(codes)
    codes, others = codes[:25], codes[25:65]
    own, reference = standardised(box.evaluate(codes), box.reference_point)
    X, Y = torch.from_numpy(features(box.space, codes)), torch.from_numpy(own)
    model = gaussian_process(X, Y)
    fit(model)
    inputs = AcquisitionInputs(
        model=model.eval(), X=X, Y=Y, reference=torch.from_numpy(reference), pending=None, seed=5
    )
    return inputs, torch.from_numpy(features(box.space, others))[:, None], box


def many_samples(n: int = 4096) -> Any:
    return SobolQMCNormalSampler(torch.Size([n]), seed=7)


def textbook_ehvi(inputs: AcquisitionInputs) -> Any:
    """By samples instead of in closed form."""
    partitioning = FastNondominatedPartitioning(inputs.reference, Y=inputs.Y)
    return qExpectedHypervolumeImprovement(inputs.model, inputs.reference, partitioning, sampler=many_samples())


def textbook_lsbo(inputs: AcquisitionInputs) -> Any:
    """One process has the mean and the variance of the sum."""
    m = inputs.Y.shape[1]

    def expected(X: Any) -> Any:
        posterior = inputs.model.posterior(X)
        mean, deviation = posterior.mean.mean(dim=-1)[:, 0], posterior.variance.sum(dim=-1).sqrt()[:, 0] / m
        normal, z = torch.distributions.Normal(0, 1), (mean - inputs.Y.mean(dim=1).max()) / deviation
        return deviation * (z * normal.cdf(z) + normal.log_prob(z).exp())

    return expected


def textbook_rsbo(inputs: AcquisitionInputs) -> Any:
    """The weighted sum of the library's bounds."""
    m = inputs.Y.shape[1]
    beta = 0.125 * math.log(2 * len(inputs.Y) + 1)
    each = [ScalarizedPosteriorTransform(weights) for weights in torch.eye(m, dtype=inputs.Y.dtype)]
    bounds = [UpperConfidenceBound(inputs.model, beta=beta, posterior_transform=transform) for transform in each]
    return lambda X: torch.stack([bound(X) for bound in bounds], dim=1) @ weights_of(inputs.seed, m)


def textbook_qlogehvi(inputs: AcquisitionInputs) -> Any:
    """Without logarithms, which are smooth where this has kinks."""
    partitioning = FastNondominatedPartitioning(inputs.reference, Y=inputs.Y)
    return qExpectedHypervolumeImprovement(inputs.model, inputs.reference, partitioning, sampler=inputs.sampler)


def textbook_qlognehvi(inputs: AcquisitionInputs) -> Any:
    """Without logarithms; from the same baseline, since the samples are those of all of it at once."""
    baseline = CLASSES["qlognehvi"].acquisition(inputs_of(2)[2], inputs).X_baseline
    return qNoisyExpectedHypervolumeImprovement(inputs.model, inputs.reference, baseline, sampler=inputs.sampler)


def textbook_qlognparego(inputs: AcquisitionInputs) -> Any:
    """Without logarithms, of the scalarisation that the library has."""
    scalar = get_chebyshev_scalarization(
        weights_of(inputs.seed, inputs.Y.shape[1]), inputs.model.posterior(inputs.X).mean
    )
    return qNoisyExpectedImprovement(
        inputs.model, inputs.X, sampler=inputs.sampler, objective=GenericMCObjective(scalar)
    )


TEXTBOOK: dict[str, tuple[Callable[[AcquisitionInputs], Any], bool, float]] = {
    "ehvi": (textbook_ehvi, False, 0.05),
    "lsbo": (textbook_lsbo, True, 1e-6),
    "rsbo": (textbook_rsbo, False, 1e-6),
    "qlogehvi": (textbook_qlogehvi, True, 0.02),
    "qlognehvi": (textbook_qlognehvi, True, 0.02),
    "qlognparego": (textbook_qlognparego, True, 0.02),
}
"""Another form of the same acquisition function; whether ours is its logarithm; and how much of it they may differ."""


@pytest.mark.parametrize("name", list(CLASSES))
@pytest.mark.parametrize("n_objectives", [2, 3])
def test_acquisition_functions_have_the_value_of_the_textbook_form(name: str, n_objectives: int) -> None:
    """Where that is not negligible: of what is less than a hundredth of the best, samples say little."""
    inputs, candidates, box = inputs_of(n_objectives)
    made, is_logarithm, tolerance = TEXTBOOK[name]
    with torch.no_grad():
        torch.manual_seed(0)  # who is pruned from a baseline depends on samples
        ours = CLASSES[name](box, seed=0).acquisition(inputs)(candidates)
        ours = (ours.exp() if is_logarithm else ours).numpy()
        torch.manual_seed(0)
        theirs = made(inputs)(candidates).numpy()
    counts = theirs > theirs.max() / 100
    assert counts.sum() >= 4
    np.testing.assert_allclose(ours[counts], theirs[counts], rtol=tolerance)


def test_a_baseline_pruned_by_few_samples_orders_candidates_alike() -> None:
    """qlognehvi prunes by 64 samples, the library by 2,048: a few points fewer count, and all values are lower."""
    inputs, candidates, box = inputs_of(2)
    torch.manual_seed(0)
    pruned = CLASSES["qlognehvi"](box, seed=0).acquisition(inputs).X_baseline
    settings = {"sampler": many_samples(512)}
    few = qLogNoisyExpectedHypervolumeImprovement(inputs.model, inputs.reference, pruned, **settings)
    whole = qLogNoisyExpectedHypervolumeImprovement(
        inputs.model, inputs.reference, inputs.X, prune_baseline=True, **settings
    )
    with torch.no_grad():
        ours, theirs = few(candidates), whole(candidates)
    assert ours.argmax() == theirs.argmax()
    ranks = np.stack([values.argsort().argsort().numpy() for values in (ours, theirs)])
    assert np.corrcoef(ranks)[0, 1] > 0.98
