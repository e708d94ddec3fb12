"""Sub-networks are the leading parts of the supernet: their logits and gradients are those of networks of their own."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from hwbench_mo.errors import InputError
from hwbench_mo.network import build_model
from hwbench_mo.spaces import SPACES, Architecture, SearchSpace
from hwbench_mo.supernet.elastic import Supernet, largest, leading, smallest
from hwbench_mo.supernet.loss import hidden_states, mean_loss
from hwbench_mo.supernet.optimisation import backward
from tests.supernet.toy import TOY


def small(space: SearchSpace) -> SearchSpace:
    """The same number of choices everywhere, in a sixteenth of the width and at most four layers."""
    n = len(space.n_layer)
    return SearchSpace(
        name=f"small_{space.name}",
        embed_dim=tuple(width // 16 for width in space.embed_dim),
        n_layer=tuple(range(5 - n, 5)),
        mlp_ratio=space.mlp_ratio,
        n_head=tuple(-(-heads // 4) for heads in space.n_head),
        vocabulary=50,
    )


def spoilt(space: SearchSpace) -> Supernet:
    """With biases and norms that are not what they start as."""
    supernet = Supernet(space, seed=3)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in supernet.whole.parameters():
            weight += 0.05 * torch.randn(weight.shape, generator=generator)
    return supernet


@pytest.mark.parametrize("name", list(SPACES))
def test_a_selected_network_is_the_extracted_one_bit_for_bit(name: str) -> None:
    space = small(SPACES[name])
    supernet, rng = spoilt(space), np.random.default_rng(0)
    tokens = torch.from_numpy(rng.integers(50, size=(2, 9)))
    for one in (largest(space), smallest(space), *space.decode(space.sample(6, rng))):
        own = supernet.extract(one)
        assert torch.equal(supernet.select(one)(tokens), own(tokens))
        assert torch.equal(supernet(tokens), own(tokens))
        plain = build_model(one, device="meta", vocabulary=50)
        assert {key: w.shape for key, w in own.named_parameters()} == {k: w.shape for k, w in plain.named_parameters()}


def test_the_largest_network_is_the_supernet_itself() -> None:
    supernet = spoilt(TOY)
    tokens = torch.arange(24).reshape(2, 12)
    assert torch.equal(supernet(tokens), supernet.whole(tokens))
    assert torch.equal(build_model(largest(TOY), seed=5, vocabulary=300)(tokens), Supernet(TOY, seed=5)(tokens))


def test_an_extracted_network_shares_no_memory() -> None:
    supernet = spoilt(TOY)
    own, tokens = supernet.extract(smallest(TOY)), torch.arange(6)[None]
    before = own(tokens)
    with torch.no_grad():
        for weight in supernet.whole.parameters():
            weight.zero_()
    assert torch.equal(own(tokens), before)
    assert not supernet.select(smallest(TOY))(tokens).any()


def test_gradients_of_sub_networks_add_up_in_the_supernet() -> None:
    supernet, rng = spoilt(TOY), np.random.default_rng(1)
    tokens = torch.from_numpy(rng.integers(300, size=(2, 9)))
    gradient = supernet.attach_gradients()
    wanted = {name: torch.zeros_like(weight) for name, weight in supernet.whole.named_parameters()}
    for one in TOY.decode(TOY.sample(5, rng)):
        network = supernet.select(one)
        backward(mean_loss(hidden_states(network, tokens[:, :-1]), network.head.weight, tokens[:, 1:]))
        own = supernet.extract(one)
        functional.cross_entropy(own(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten()).backward()
        for name, weight in own.named_parameters():
            leading(wanted[name], weight.shape).add_(weight.grad)
    for name, weight in supernet.whole.named_parameters():
        torch.testing.assert_close(weight.grad, wanted[name], atol=1e-6, rtol=1e-4)
    assert gradient.numel() == sum(weight.numel() for weight in supernet.whole.parameters())
    assert gradient.abs().sum() == pytest.approx(sum(float(one.abs().sum()) for one in wanted.values()), rel=1e-4)


def test_an_architecture_of_another_space_is_refused() -> None:
    foreign = Architecture(embed_dim=12, n_layer=1, mlp_ratio=(1,), n_head=(1,), bias=True)
    supernet = Supernet(TOY)
    for ask in (supernet.select, supernet.extract):
        with pytest.raises(InputError, match="embed_dim is 12, but 'toy_net' offers 8, 16"):
            ask(foreign)
    with pytest.raises(InputError, match="must be an Architecture; decode codes first"):
        supernet.select([0, 0])  # type: ignore[arg-type]
