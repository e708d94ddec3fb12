"""The graph in ONNX's format gives the network's logits, for any batch and sequence."""

import sys
from pathlib import Path

import pytest

import hwbench_mo as hb
from hwbench_mo import Architecture, InputError

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
SMALL = Architecture(embed_dim=16, n_layer=2, mlp_ratio=(2, 3), n_head=(1, 2), bias=True)


@pytest.mark.slow
def test_logits_are_those_of_the_network(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="onnxscript is not installed")
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    reference = pytest.importorskip("onnx.reference", reason="onnx is not installed")
    network = hb.build_model(SMALL, seed=1).train()
    hb.export_model(SMALL, tmp_path / "small", network=network, onnx=True)
    assert network.training
    run = reference.ReferenceEvaluator(str(tmp_path / "small" / "model.onnx"))
    for shape in ((1, 3), (2, 16), (3, 20)):
        tokens = torch.randint(0, 50254, shape, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            expected = network(tokens)
        (logits,) = run.run(None, {"input_ids": tokens.numpy()})
        torch.testing.assert_close(torch.from_numpy(logits), expected, rtol=1e-4, atol=1e-5)


def test_a_missing_library_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match="this needs onnx, which is not installed: pip install"):
        hb.export_model(SMALL, tmp_path / "small", onnx=True)
    assert not [*tmp_path.iterdir()]
