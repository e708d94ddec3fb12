"""A screened acquisition function finds what BoTorch's own finds among all candidates."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from optimizers.shared import isolated

pytest.importorskip("botorch")
with isolated():
    import torch
    from botorch.acquisition.multi_objective.logei import (
        qLogExpectedHypervolumeImprovement,
        qLogNoisyExpectedHypervolumeImprovement,
    )
    from botorch.sampling import SobolQMCNormalSampler
    from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

    from optimizers.libraries.botorch.candidates import CandidateModel
    from optimizers.libraries.botorch.matern import Hyperparameters
    from optimizers.libraries.botorch.screening import ScreenedLogEHVI, ScreenedLogNEHVI
    from tests.support.botorch import isolated_botorch

K = 5


@pytest.fixture(autouse=True)
def _isolated() -> Iterator[None]:
    with isolated_botorch(), torch.no_grad():
        yield


def inputs(m: int, height: float) -> tuple[Any, Any, Any]:
    """A model, its observations, and their reference point; where values are ``height`` above, little can improve."""
    rng = np.random.default_rng(m)
    X = torch.from_numpy(rng.random((30, K)))
    Y = torch.stack([X[:, j] - X[:, j + 1] ** 2 for j in range(m)], dim=1)
    Y = (Y - Y.mean(dim=0)) / Y.std(dim=0)
    ones = torch.ones(m, dtype=X.dtype)
    known = Hyperparameters(
        constant=0 * ones, outputscale=ones, lengthscale=ones[:, None].expand(m, K), noise=1e-3 * ones
    )
    best = torch.full((3, m), height, dtype=X.dtype) + torch.eye(3, m, dtype=X.dtype)
    return CandidateModel(X, Y, known), X, torch.cat([Y, best]) if height else Y


def sampler() -> Any:
    return SobolQMCNormalSampler(torch.Size([16]), seed=1)


def ehvi(made: Callable[..., Any], m: int, height: float) -> Any:
    model, _, Y = inputs(m, height)
    reference = Y.min(dim=0).values - 0.1
    return made(model, reference, FastNondominatedPartitioning(reference, Y=Y), sampler=sampler())


def nehvi(made: Callable[..., Any], m: int, height: float) -> Any:
    model, X, Y = inputs(m, 0.0)
    return made(model, Y.min(dim=0).values - 0.1 - height, X[:12], sampler=sampler(), X_pending=X[12:14])


@pytest.mark.parametrize("m", [2, 3])
@pytest.mark.parametrize("height", [0.0, 2.0, 50.0])  # improvements of some size, small ones, and tails alone
@pytest.mark.parametrize(
    ("make", "screened", "theirs"),
    [
        (ehvi, ScreenedLogEHVI, qLogExpectedHypervolumeImprovement),
        (nehvi, ScreenedLogNEHVI, qLogNoisyExpectedHypervolumeImprovement),
    ],
)
def test_the_best_and_its_value_are_those_of_botorch(
    make: Any, screened: Any, theirs: Any, m: int, height: float
) -> None:
    X = torch.from_numpy(np.random.default_rng(5).random((120, 1, K)))
    own, expected = make(screened, m, height)(X), make(theirs, m, height)(X)
    assert own.argmax() == expected.argmax()
    assert own.max().item() == pytest.approx(expected.max().item(), rel=1e-12)
    assert (own >= expected - 1e-9).all()  # bounds are above, and below the best


def test_few_candidates_are_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise screening would gain nothing."""
    evaluated = []
    own = qLogExpectedHypervolumeImprovement._compute_log_qehvi

    def counted(self: Any, samples: Any, X: Any = None) -> Any:
        evaluated.append(samples.shape[1])
        return own(self, samples=samples, X=X)

    monkeypatch.setattr(qLogExpectedHypervolumeImprovement, "_compute_log_qehvi", counted)
    ehvi(ScreenedLogEHVI, 2, 0.0)(torch.from_numpy(np.random.default_rng(5).random((500, 1, K))))
    assert sum(evaluated) < 50


def test_sets_of_several_candidates_are_left_to_botorch() -> None:
    X = torch.from_numpy(np.random.default_rng(5).random((6, 2, K)))
    torch.testing.assert_close(ehvi(ScreenedLogEHVI, 2, 0.0)(X), ehvi(qLogExpectedHypervolumeImprovement, 2, 0.0)(X))
