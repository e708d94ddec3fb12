"""The model that answers candidates in one pass is BoTorch's own model up to rounding, and so is its fit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optimizers.shared import isolated

pytest.importorskip("botorch")
with isolated():
    import torch
    from botorch.acquisition.multi_objective.utils import prune_inferior_points_multi_objective
    from botorch.acquisition.objective import ScalarizedPosteriorTransform
    from botorch.optim.closures import get_loss_closure_with_grads
    from botorch.sampling import SobolQMCNormalSampler
    from gpytorch.mlls import ExactMarginalLogLikelihood

    from optimizers.libraries.botorch import gaussian_process as gaussian_process_module
    from optimizers.libraries.botorch.baseline import pruned_baseline
    from optimizers.libraries.botorch.bordered import BorderedLinearOperator
    from optimizers.libraries.botorch.candidates import CandidateModel
    from optimizers.libraries.botorch.gaussian_process import fit, gaussian_process
    from optimizers.libraries.botorch.marginal_likelihood import NegativeLogLikelihood
    from optimizers.libraries.botorch.matern import Hyperparameters
    from tests.support.botorch import isolated_botorch

N, K = 40, 4
every_m = pytest.mark.parametrize("m", [1, 2, 3])


@pytest.fixture(autouse=True)
def _isolated() -> Iterator[None]:
    with isolated_botorch():
        yield


def data(m: int) -> tuple[Any, Any]:
    X = torch.from_numpy(np.random.default_rng(0).random((N, K)))
    waves = torch.stack([torch.sin((j + 2) * X.sum(dim=1)) + X[:, j] for j in range(m)], dim=1)
    return X, (waves - waves.mean(dim=0)) / waves.std(dim=0)


def models(m: int) -> tuple[Any, Any]:
    """Ours and GPyTorch's, with fitted hyperparameters."""
    X, Y = data(m)
    theirs = gaussian_process(X, Y)
    fit(theirs)
    return CandidateModel(X, Y, Hyperparameters.of(theirs)), theirs.eval()


def points(shape: str) -> Any:
    """Candidates one by one; a set of points; sets with a common baseline; and sets with nothing in common."""
    X = torch.from_numpy(np.random.default_rng(1).random((30, K)))
    shapes = {
        "[n, 1, k]": X[:, None],
        "[q, k]": X,
        "[n, b + 1, k]": torch.cat([X[:7].expand(23, 7, K), X[7:, None]], dim=1),
        "[n, q, k]": X.view(6, 5, K),
    }
    return shapes[shape]


@every_m
@pytest.mark.parametrize("shape", ["[n, 1, k]", "[q, k]", "[n, b + 1, k]", "[n, q, k]"])
def test_the_posterior_is_that_of_gpytorch(m: int, shape: str) -> None:
    ours, theirs = models(m)
    X = points(shape)
    transform = ScalarizedPosteriorTransform(torch.arange(1.0, m + 1, dtype=X.dtype))
    with torch.no_grad():
        own, other = ours.posterior(X), theirs.posterior(X)
        sums = [model.posterior(X, posterior_transform=transform) for model in (ours, theirs)]
        samples = [SobolQMCNormalSampler(torch.Size([16]), seed=3)(posterior) for posterior in (own, other)]
        covariances = [posterior.distribution.covariance_matrix for posterior in (own, other)]
    assert own.mean.shape == other.mean.shape
    assert own.base_sample_shape == other.base_sample_shape
    torch.testing.assert_close(own.mean, other.mean, rtol=0, atol=1e-10)
    torch.testing.assert_close(own.variance, other.variance, rtol=0, atol=1e-10)
    torch.testing.assert_close(*covariances, rtol=0, atol=1e-10)
    torch.testing.assert_close(*samples, rtol=0, atol=1e-5)  # roots of nearly singular covariances
    torch.testing.assert_close(sums[0].mean, sums[1].mean, rtol=0, atol=1e-9)
    torch.testing.assert_close(sums[0].variance, sums[1].variance, rtol=0, atol=1e-9)


def test_the_number_of_candidates_changes_no_answer() -> None:
    ours, _ = models(2)
    X = points("[n, 1, k]")
    whole, parts = ours.posterior(X).mean, [ours.posterior(part).mean for part in X.split(7)]
    torch.testing.assert_close(whole, torch.cat(parts), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("shape", "settings"),
    [("[q, k]", {"observation_noise": True}), ("[q, k]", {"output_indices": [0]}), ("[n, 1, k]", None)],
)
def test_what_is_not_answered_is_refused(shape: str, settings: dict[str, Any] | None) -> None:
    ours, _ = models(2)
    X = points(shape)[None] if settings is None else points(shape)
    with pytest.raises(NotImplementedError, match="of all outputs and without noise"):
        ours.posterior(X, **(settings or {}))


def test_a_border_is_answered_as_the_dense_matrix() -> None:
    generator = torch.Generator().manual_seed(0)
    roots = torch.randn(5, 2, 4, 9, generator=generator, dtype=torch.float64)
    roots[:, :, :3] = roots[:1, :, :3]
    dense = roots @ roots.mT
    operator = BorderedLinearOperator(dense[0, :, :3, :3], dense[:, :, -1:])
    right = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(operator.to_dense(), dense)
    product: Any = operator @ right
    torch.testing.assert_close(product, dense @ right)
    torch.testing.assert_close(operator.mT.to_dense(), dense)
    torch.testing.assert_close(operator[..., -1:, :].to_dense(), dense[..., -1:, :])
    torch.testing.assert_close(operator[2:4, 1, :2, 1:].to_dense(), dense[2:4, 1, :2, 1:])
    torch.testing.assert_close(operator.diagonal(dim1=-2, dim2=-1), dense.diagonal(dim1=-2, dim2=-1))
    torch.testing.assert_close(operator.cholesky().to_dense(), torch.linalg.cholesky(dense))


@every_m
def test_the_marginal_likelihood_is_that_of_gpytorch(m: int) -> None:
    """Value and gradient, at the start of a fit and after a few steps of it."""
    model = gaussian_process(*data(m))
    mll = ExactMarginalLogLikelihood(model.likelihood, model).train()
    ours, theirs = NegativeLogLikelihood(model), get_loss_closure_with_grads(mll, dict(mll.named_parameters()))
    for _ in range(2):
        (own, own_gradient), (other, gradient) = ours(), theirs()
        assert own.item() == pytest.approx(other.item(), abs=1e-10)
        for part, expected in zip(own_gradient, gradient, strict=True):
            torch.testing.assert_close(part, expected, rtol=1e-8, atol=1e-9)
        with torch.no_grad():
            for parameter, expected in zip(mll.parameters(), gradient, strict=True):
                parameter -= (0.01 * expected).clamp(max=parameter.abs() / 10)


@every_m
def test_a_fit_in_closed_form_ends_where_that_of_gpytorch_does(m: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten steps; with every further one, differences of the last bits grow."""
    monkeypatch.setattr(gaussian_process_module, "MAX_ITERATIONS", 10)
    ours, theirs = gaussian_process(*data(m)), gaussian_process(*data(m))
    fit(ours, closure=NegativeLogLikelihood(ours))
    fit(theirs)
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-6, atol=1e-6)
    start, end = (NegativeLogLikelihood(model)()[0].item() for model in (gaussian_process(*data(m)), ours))
    assert end < start - 0.1


def test_of_a_failing_fit_no_number_is_taken() -> None:
    """Values that are not numbers raise what an optimizer catches."""
    X, Y = data(2)
    model = gaussian_process(X, Y)
    model.covar_module.raw_outputscale.data.fill_(torch.nan)
    with pytest.raises(RuntimeError):
        NegativeLogLikelihood(model)()


@pytest.mark.parametrize("m", [2, 3])
def test_a_baseline_is_pruned_as_by_botorch(m: int) -> None:
    X, Y = data(m)
    model, _ = models(m)
    reference = Y.quantile(0.3, dim=0)
    torch.manual_seed(1)
    ours = pruned_baseline(model, X, reference=reference, n_samples=64)
    torch.manual_seed(1)
    theirs = prune_inferior_points_multi_objective(model, X, ref_point=reference, num_samples=64)
    assert torch.equal(ours, theirs)
    assert 2 < len(ours) < len(X)
