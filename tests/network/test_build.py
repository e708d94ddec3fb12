"""The networks: exactly the parameters, MACs and FLOPs of the closed forms, causal, and rotating as they should."""

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hwbench_mo as hb
from hwbench_mo import SPACES, Architecture, InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import VOCABULARY
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH, closed_form
from hwbench_mo.surrogates.kernel import Kernel

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
functional = torch.nn.functional
SMALL = Architecture(embed_dim=64, n_layer=2, mlp_ratio=(2, 3), n_head=(1, 2), bias=True)


class Counter(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
    """Counts operations of a pass as they are called: multiplications of linear layers, and FLOPs around them."""

    def __init__(self) -> None:
        super().__init__()
        self.macs = self.flops = 0

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        if function is functional.linear:
            self.macs += result.numel() * args[1].shape[1]
            self.flops += 2 * result.numel() * args[1].shape[1]
        elif function is functional.layer_norm:
            self.flops += 5 * result.numel()
        elif function is functional.silu:
            self.flops += result.numel()
        return result


@given(st.sampled_from(list(SPACES.values())), st.integers(0, 2**32))
@settings(deadline=None, max_examples=20)
def test_parameters_macs_and_flops_are_the_closed_forms(space: SearchSpace, seed: int) -> None:
    codes = space.sample(1, np.random.default_rng(seed))
    expected = Kernel(space, [closed_form(space, metric) for metric in ("params", "macs", "flops")])(codes)[0]
    model = hb.build_model(*space.decode(codes), device="meta")
    assert sum(weight.numel() for weight in model.parameters()) == expected[0]
    assert not list(model.buffers())
    with Counter() as counter, torch.no_grad():
        tokens = torch.zeros((space.batch_size, SEQUENCE_LENGTH), dtype=torch.int64, device="meta")
        assert model(tokens).shape == (space.batch_size, SEQUENCE_LENGTH, VOCABULARY)
    assert (counter.macs, counter.flops) == tuple(expected[1:])


@given(st.integers(1, 20), st.integers(0, 2**32))
@settings(deadline=None, max_examples=10)
def test_a_token_sees_those_before_it_alone(at: int, seed: int) -> None:
    model = hb.build_model(SMALL, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, VOCABULARY, (2, 24), generator=generator)
    other = tokens.clone()
    other[:, at:] = torch.randint(0, VOCABULARY, (2, 24 - at), generator=generator)
    with torch.no_grad():
        one, two = model(tokens), model(other)
    torch.testing.assert_close(one[:, :at], two[:, :at])
    assert not torch.allclose(one[:, at:], two[:, at:])


def test_angles_computed_in_each_block_change_nothing() -> None:
    model = hb.build_model(SMALL)
    tokens = torch.arange(20)[None]
    with torch.no_grad():
        once = model(tokens)
        model.rotary_in_each_block = True
        torch.testing.assert_close(model(tokens), once, rtol=0, atol=0)


def test_rotation_depends_on_the_distance_of_two_tokens() -> None:
    from hwbench_mo.network.transformer import HEAD_SIZE, ROTATED, rotary_angles, rotate

    cos, sin = rotary_angles(50, torch.device("cpu"))
    q, k = torch.randn(2, HEAD_SIZE, generator=torch.Generator().manual_seed(0))
    turned_q, turned_k = (rotate(x.expand(1, 1, 50, HEAD_SIZE), cos, sin)[0, 0] for x in (q, k))
    products = turned_q @ turned_k.T
    for distance in (0, 1, 7):
        along = torch.diagonal(products, distance)
        torch.testing.assert_close(along, along[:1].expand_as(along), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(turned_q[:, ROTATED:], q[ROTATED:].expand(50, -1))
    assert products[0, 0] == pytest.approx(float(q @ k), rel=1e-5)
    assert products[0, 7] != pytest.approx(float(q @ k), rel=1e-3)


def test_weights_come_from_the_seed_and_global_random_state_stays() -> None:
    before = torch.random.get_rng_state()
    one, same, other = (hb.build_model(SMALL, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(before, torch.random.get_rng_state())
    weights = dict(one.named_parameters())
    assert all(torch.equal(weights[name], weight) for name, weight in same.named_parameters())
    assert not torch.equal(weights["head.weight"], dict(other.named_parameters())["head.weight"])
    assert float(weights["head.weight"].detach().std()) == pytest.approx(0.02, rel=0.01)
    with torch.device("meta"):
        assert hb.build_model(SMALL).head.weight.is_meta


def test_weights_are_drawn_as_those_of_gpt_2() -> None:
    architecture = Architecture(embed_dim=192, n_layer=8, mlp_ratio=(2,) * 8, n_head=(4,) * 8, bias=True)
    for name, weight in hb.build_model(architecture, seed=3).named_parameters():
        values = weight.detach().numpy()
        if "norm" in name or name.endswith("bias"):
            assert (values == (1.0 if name.endswith("weight") else 0.0)).all(), name
            continue
        to_residual = name.endswith(("attention.output.weight", "mlp.output.weight"))
        expected = 0.02 / 4 if to_residual else 0.02
        assert values.std() == pytest.approx(expected, rel=5 / np.sqrt(2 * values.size)), name
        assert abs(values.mean()) < 5 * expected / np.sqrt(values.size), name


def test_a_mask_that_hides_nothing_more_changes_nothing() -> None:
    model = hb.build_model(SMALL)
    tokens = torch.arange(12)[None]
    causal = torch.ones(12, 12, dtype=torch.bool).tril()
    with torch.no_grad():
        torch.testing.assert_close(model(tokens, causal), model(tokens))
        assert not torch.allclose(model(tokens, causal & causal.triu(-3)), model(tokens))


def test_what_is_no_architecture_is_refused() -> None:
    with pytest.raises(InputError, match="architecture is 5, but must be an Architecture; decode codes first"):
        hb.build_model(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="seed is -1"):
        hb.build_model(SMALL, seed=-1)


def test_a_missing_torch_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match=r"needs PyTorch, which is not installed: pip install .* -e '.\[measure\]'"):
        hb.build_model(SMALL)
