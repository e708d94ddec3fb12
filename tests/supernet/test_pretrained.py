"""Weights of a GPT-NeoX and a GPT-2 where they fit; what does not is named."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.supernet.checkpoint import import_safetensors
from hwbench_mo.supernet.elastic import Supernet, largest
from hwbench_mo.supernet.pretrained import start_from

SPACE = SearchSpace(
    name="toy_start", embed_dim=(64, 128), n_layer=(1, 2), mlp_ratio=(1, 2), n_head=(1, 2), vocabulary=60
)


def spoil(model: Any, silent: str) -> None:
    """Weights that are not what they start as, and an MLP that adds nothing."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=generator)
            if silent in name:
                weight.zero_()


def write(folder: Path, config: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    (folder / "config.json").write_text(json.dumps(config))
    import_safetensors().save_file(tensors, folder / "model.safetensors")


def test_heads_of_gpt2_are_put_together(tmp_path: Path) -> None:
    rows = torch.arange(3 * 128.0)
    tensors = {
        "wte.weight": torch.randn(60, 128),
        "wpe.weight": torch.randn(32, 128),
        "h.0.attn.c_attn.bias": rows,
        "h.0.attn.c_attn.weight": rows.expand(128, -1).contiguous(),
        "h.0.attn.bias": torch.ones(1, 1, 32, 32),
        "h.0.mlp.c_fc.weight": torch.randn(128, 512),
        "h.5.ln_1.weight": torch.ones(128),
    }
    write(tmp_path, {"model_type": "gpt2", "n_embd": 128, "n_head": 2}, tensors)
    supernet = Supernet(SPACE)
    started = start_from(tmp_path, supernet)
    block = supernet.whole.blocks[0].attention
    wanted = torch.cat([rows[kind * 128 + head * 64 :][:64] for head in range(2) for kind in range(3)])
    assert torch.equal(block.input.bias, wanted)
    assert torch.equal(block.input.weight, wanted[:, None].expand(-1, 128))
    assert torch.equal(supernet.whole.embedding.weight, tensors["wte.weight"])
    assert torch.equal(supernet.whole.head.weight, tensors["wte.weight"])
    assert set(started.left) == {"wpe.weight", "h.0.mlp.c_fc.weight", "h.5.ln_1.weight"}
    said = "\n".join(started.lines)
    for part in ("wpe.weight: positions are learned", "has two matrices", "no blocks.5.norm_1.weight", "was tied"):
        assert part in said
    assert "fresh: blocks.{0-1}.mlp.gate.weight" in said


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    neox = {"model_type": "gpt_neox", "hidden_size": 128, "num_attention_heads": 4}
    name = "gpt_neox.layers.0.attention.dense.weight"
    write(tmp_path, neox, {name: torch.ones(128, 128), "gpt_neox.final_layer_norm.weight": torch.ones(128)})
    started = start_from(tmp_path, Supernet(SPACE))
    assert started.left == {name: "heads have 32 elements, those of the supernet 64"}
    write(tmp_path, neox, {"gpt_neox.final_layer_norm.weight": torch.ones(96)})
    with pytest.raises(InputError, match=r"no tensor fits the supernet of 'toy_start': .*shape is \[96\]"):
        start_from(tmp_path, Supernet(SPACE))
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(InputError, match=r"unknown model_type .* 'llama'; valid, nearest first: "):
        start_from(tmp_path, Supernet(SPACE))


@pytest.mark.slow
def test_a_gpt_neox_of_transformers_computes_the_same(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    sizes = {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 256}
    model = transformers.GPTNeoXForCausalLM(transformers.GPTNeoXConfig(vocab_size=64, **sizes))
    spoil(model, "dense_4h_to_h")
    model.save_pretrained(tmp_path)
    supernet = Supernet(SPACE)
    started = start_from(tmp_path, supernet)
    assert len(started.left) == 8
    assert all(".mlp." in name for name in (*started.left, *started.fresh))
    with torch.no_grad():
        for block in supernet.whole.blocks:
            block.mlp.output.weight.zero_()
    tokens = torch.randint(0, 60, (2, 20))
    torch.testing.assert_close(supernet.select(largest(SPACE))(tokens), model(tokens).logits[..., :60])


@pytest.mark.slow
def test_a_gpt2_of_transformers_computes_the_same_at_the_first_position(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    ends = {"bos_token_id": 1, "eos_token_id": 1}
    config = transformers.GPT2Config(vocab_size=60, n_embd=128, n_layer=2, n_head=2, n_positions=32, **ends)
    model = transformers.GPT2LMHeadModel(config)
    spoil(model, "mlp.c_proj")
    with torch.no_grad():
        model.transformer.wpe.weight.zero_()
    model.save_pretrained(tmp_path)
    supernet = Supernet(SPACE)
    start_from(tmp_path, supernet)
    with torch.no_grad():
        for block in supernet.whole.blocks:
            block.mlp.output.weight.zero_()
    tokens = torch.arange(60)[:, None]  # where nothing is rotated yet
    torch.testing.assert_close(supernet(tokens), model.eval()(tokens).logits, atol=1e-4, rtol=1e-4)
