"""Exported folders in transformers: without hwbench_mo in reach, in training, and in generation."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hwbench_mo as hb
from hwbench_mo import Architecture
from tests.support.spaces import ROOT

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")
SMALL = Architecture(embed_dim=16, n_layer=3, mlp_ratio=(2, 3, 4), n_head=(1, 2, 1), bias=True)
SCRIPT = """if True:
    import json, sys
    sys.modules["hwbench_mo"] = None  # an import would fail
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    folder, again, tokens = sys.argv[1], sys.argv[2], torch.tensor(json.loads(sys.argv[3]))
    model = AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=True)
    first = model(tokens).logits
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(5):
        loss = model(tokens, labels=tokens).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    model.save_pretrained(again)
    other = AutoModelForCausalLM.from_pretrained(again, trust_remote_code=True)
    fresh = AutoModelForCausalLM.from_config(
        AutoConfig.from_pretrained(folder, trust_remote_code=True), trust_remote_code=True
    )
    print(json.dumps({
        "logits": first.tolist(),
        "n_parameters": model.num_parameters(),
        "losses": losses,
        "is_saved": torch.equal(model(tokens).logits, other(tokens).logits),
        "stds": {name: weight.detach().std().item() for name, weight in fresh.named_parameters()},
    }))
"""


@pytest.mark.slow
def test_transformers_loads_trains_and_saves_it(tmp_path: Path) -> None:
    folder = hb.export_model(SMALL, tmp_path / "small", seed=2)
    tokens = [[5, 50253, 17, 3], [0, 1, 2, 3]]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    script = [sys.executable, "-c", SCRIPT, str(folder), str(tmp_path / "again"), json.dumps(tokens)]
    ran = subprocess.run(script, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    network = hb.build_model(SMALL, seed=2)
    with torch.no_grad():
        torch.testing.assert_close(torch.tensor(found["logits"]), network(torch.tensor(tokens)))
    assert found["n_parameters"] == sum(weight.numel() for weight in network.parameters())
    assert found["losses"][-1] < found["losses"][0] - 0.1
    assert found["is_saved"]
    assert found["stds"]["transformer.embedding.weight"] == pytest.approx(0.02, rel=0.02)
    assert found["stds"]["transformer.blocks.1.mlp.output.weight"] == pytest.approx(0.02 / 6**0.5, rel=0.1)


@pytest.mark.slow
def test_the_page_runs_as_it_stands_there(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "export.md").read_text(), flags=re.DOTALL)
    assert len(blocks) == 5
    script = "\n".join([*blocks, "assert losses[-1] < losses[0] - 1"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "loss from 1" in ran.stdout
    assert (tmp_path / "my_model_trained" / "modeling_hwbench.py").exists()


def test_padding_and_generation(tmp_path: Path) -> None:
    from hwbench_mo.network.huggingface.modeling_hwbench import HWBenchForCausalLM

    network = hb.build_model(SMALL, seed=2)
    model = HWBenchForCausalLM.from_pretrained(hb.export_model(SMALL, tmp_path / "small", seed=2))
    tokens = torch.tensor([[7, 8, 9], [1, 2, 3]])
    padded = torch.nn.functional.pad(tokens, (2, 1))
    mask = torch.tensor([[0, 0, 1, 1, 1, 0]] * 2)
    with torch.no_grad():
        torch.testing.assert_close(model(padded, attention_mask=mask).logits[:, 2:5], network(tokens))
        (logits,) = model(tokens, return_dict=False)
        torch.testing.assert_close(logits, network(tokens))
        expected = tokens
        for _ in range(3):
            expected = torch.cat([expected, network(expected)[:, -1].argmax(-1, keepdim=True)], dim=1)
        found = model.generate(tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=3, do_sample=False)
    assert torch.equal(found, expected)


def test_what_the_network_cannot_do_is_refused() -> None:
    from hwbench_mo.network.huggingface.configuration_hwbench import HWBenchConfig

    with pytest.raises(ValueError, match="n_head has 1 entries, but n_layer is 2: one entry a layer"):
        HWBenchConfig(n_layer=2, mlp_ratio=[2, 2], n_head=[1])
    with pytest.raises(ValueError, match="use_cache and tie_word_embeddings must be false"):
        HWBenchConfig(use_cache=True)
