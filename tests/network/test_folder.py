"""Exported folders: weights and counts come back, the code stands alone, and mistakes are said in a line."""

import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo import Architecture, InputError, export_model
from hwbench_mo.network.folder import SOURCES

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
load_file = pytest.importorskip("safetensors.torch", reason="safetensors is not installed").load_file
SMALL = Architecture(embed_dim=16, n_layer=2, mlp_ratio=(2, 3), n_head=(1, 2), bias=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_model(SMALL, tmp_path_factory.mktemp("exported") / "small", seed=5)


def test_weights_are_those_of_the_network(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    expected = dict(hb.build_model(SMALL, seed=5).named_parameters())
    assert weights.keys() == {f"transformer.{name}" for name in expected}
    assert all(torch.equal(weights[f"transformer.{name}"], weight) for name, weight in expected.items())


def test_as_many_parameters_as_the_benchmark_says(tmp_path: Path) -> None:
    bench = hb.load_benchmark("gpt_s")
    codes = bench.space.encode(
        [Architecture(embed_dim=192, n_layer=10, mlp_ratio=(2,) * 10, n_head=(4,) * 10, bias=True)]
    )
    (architecture,) = bench.space.decode(codes)
    path = export_model(architecture, tmp_path / "smallest") / "model.safetensors"
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    del header["__metadata__"]
    count = sum(int(np.prod(one["shape"])) for one in header.values())
    assert count == bench.predict(codes, "params").median[0]


def test_the_configuration_holds_the_architecture(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    assert Architecture.from_dict({name: config[name] for name in Architecture.json_schema()["required"]}) == SMALL


def test_the_code_needs_torch_and_transformers_alone(folder: Path) -> None:
    allowed = {"torch", "transformers", *sys.stdlib_module_names}
    beside = {Path(name).stem for name in SOURCES}
    for name in SOURCES:
        for node in ast.walk(ast.parse((folder / name).read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.partition(".")[0] for alias in node.names} <= allowed
            elif isinstance(node, ast.ImportFrom):
                assert node.module in beside if node.level else str(node.module).partition(".")[0] in allowed


def test_a_trained_network_keeps_its_weights(tmp_path: Path) -> None:
    network = hb.build_model(SMALL)
    with torch.no_grad():
        network.head.weight += 1
    weights = load_file(export_model(SMALL, tmp_path / "trained", network=network) / "model.safetensors")
    assert torch.equal(weights["transformer.head.weight"], network.head.weight)


def test_mistakes_are_said_in_a_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Architecture(embed_dim=16, n_layer=2, mlp_ratio=(2, 2), n_head=(1, 2), bias=True)
    with pytest.raises(InputError, match="small exists already, and results are never replaced; name another"):
        export_model(SMALL, folder)
    message = r"not one of the architecture: blocks.1.mlp.gate.weight is \(48, 16\) and not \(32, 16\)"
    with pytest.raises(InputError, match=message):
        export_model(other, tmp_path / "new", network=hb.build_model(SMALL))
    with pytest.raises(InputError, match="network is 5, but must be one that build_model gave"):
        export_model(SMALL, tmp_path / "new", network=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="network has no weights: it was built on the device 'meta'"):
        export_model(SMALL, tmp_path / "new", network=hb.build_model(SMALL, device="meta"))
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    with pytest.raises(InputError, match=r"this needs safetensors\.torch, which is not installed: pip install"):
        export_model(SMALL, tmp_path / "new")
    assert not [*tmp_path.iterdir()]
