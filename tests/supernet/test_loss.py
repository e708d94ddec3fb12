"""Losses in chunks are those of all logits at once, with their gradients."""

import pytest
import torch
from torch.nn import functional

from hwbench_mo.supernet import loss as module
from hwbench_mo.supernet.loss import Teacher, mean_loss, token_losses


@pytest.fixture
def inputs(monkeypatch: pytest.MonkeyPatch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    monkeypatch.setattr(module, "CHUNK", 5)
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(2, 7, 6, generator=generator, requires_grad=True)
    weight = torch.randn(11, 6, generator=generator, requires_grad=True)
    return hidden, weight, torch.randint(0, 11, (2, 7), generator=generator)


def test_of_text_alone(inputs: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
    hidden, weight, targets = inputs
    whole = functional.cross_entropy((hidden @ weight.t()).flatten(0, 1), targets.flatten())
    wanted = torch.autograd.grad(3 * whole, [hidden, weight])
    found = mean_loss(hidden, weight, targets)
    torch.testing.assert_close(found, whole)
    for one, other in zip(torch.autograd.grad(3 * found, [hidden, weight]), wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_with_a_teacher(inputs: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
    hidden, weight, targets = inputs
    teacher = Teacher(torch.randn(14, 4), torch.randn(11, 4), 0.3)
    logits = (hidden @ weight.t()).flatten(0, 1)
    soft = (teacher.hidden @ teacher.weight.t()).softmax(dim=1)
    whole = 0.7 * functional.cross_entropy(logits, targets.flatten()) + 0.3 * functional.cross_entropy(logits, soft)
    wanted = torch.autograd.grad(whole, [hidden, weight])
    found = mean_loss(hidden, weight, targets, teacher=teacher)
    torch.testing.assert_close(found, whole)
    for one, other in zip(torch.autograd.grad(found, [hidden, weight]), wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_in_bfloat16_it_is_near(inputs: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
    hidden, weight, targets = inputs
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = mean_loss(hidden, weight, targets)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(mean_loss(hidden, weight, targets).item(), rel=0.02)


def test_of_each_token(inputs: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
    hidden, weight, targets = inputs
    losses, right = token_losses(hidden, weight, targets)
    logits = (hidden @ weight.t()).detach()
    torch.testing.assert_close(losses, -logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0])
    assert torch.equal(right, logits.argmax(-1) == targets)
