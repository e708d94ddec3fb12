"""Artifacts: small, sound, and refused where they are not."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError, load_benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.artifact import SHIPPED, read_artifact, write_artifact
from hwbench_mo.surrogates.packing import Contents, signed
from hwbench_mo.surrogates.table_error import TableError
from tests.support.spaces import TERMS, random_model


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """A copy of the shipped artifacts, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "artifacts"))


def test_a_sound_copy_loads(artifacts: Path) -> None:
    codes = get_space("gpt_s").sample(10, np.random.default_rng(0))
    copy, shipped = load_benchmark("gpt_s", artifacts=artifacts), load_benchmark("gpt_s")
    assert (copy.predict(codes, "energy@p100").median == shipped.predict(codes, "energy@p100").median).all()


def test_spoilt_artifacts_are_refused(artifacts: Path) -> None:
    path = artifacts / "gpt_s.npz"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"gpt_s\.npz: corrupted or foreign: its sha256 is"):
        load_benchmark("gpt_s", artifacts=artifacts)
    path.write_bytes(bytes(content[:100]))
    with pytest.raises(InputError, match="corrupted or foreign"):
        load_benchmark("gpt_s", artifacts=artifacts)
    path.unlink()
    with pytest.raises(InputError, match=r"gpt_s\.npz: cannot be read \(No such file"):
        load_benchmark("gpt_s", artifacts=artifacts)


def test_foreign_artifacts_are_refused(artifacts: Path) -> None:
    manifest = artifacts / "gpt_s.json"
    manifest.write_text("not json")
    with pytest.raises(InputError, match="it is not JSON"):
        load_benchmark("gpt_s", artifacts=artifacts)
    manifest.write_text((artifacts / "gpt_m.json").read_text())
    with pytest.raises(InputError, match="not a manifest of 'gpt_s'"):
        load_benchmark("gpt_s", artifacts=artifacts)
    facts = json.loads((artifacts / "gpt_m.json").read_text())
    manifest.write_text(json.dumps(signed({**facts, "space": "gpt_s"})))
    shutil.copy(artifacts / "gpt_m.npz", artifacts / "gpt_s.npz")
    with pytest.raises(InputError, match="not an artifact of 'gpt_s'"):
        load_benchmark("gpt_s", artifacts=artifacts)


def test_terms_survive_writing(tmp_path: Path) -> None:
    bench = load_benchmark("gpt_s")
    space, rng = bench.space, np.random.default_rng(0)
    model = random_model(space, rng, slots=space.n_slots, terms=TERMS)
    r = bench.errors["accuracy"].base.shape[-1]
    depth = np.repeat(rng.normal(size=(3, 1, 3, space.n_slots, 3, r)), 2, axis=1)
    own = bench.errors["accuracy"]
    error = TableError(base=own.base, mlp=own.mlp, head=own.head, mlp_by_depth=depth)
    contents = Contents(
        {"accuracy": model}, {"accuracy": bench.noise["accuracy"]}, {}, {"accuracy": error}, bench.support
    )
    write_artifact(space, contents, tmp_path)
    found = read_artifact(space, tmp_path)
    for name, table in model.parts.items():
        assert (found.models["accuracy"].parts[name] == table).all(), name
    assert found.errors["accuracy"].parts.keys() == error.parts.keys()
    assert found.errors["accuracy"].parts["mlp_by_depth"] == pytest.approx(depth, abs=1e-3)
    with np.load(tmp_path / "gpt_s.npz") as arrays:
        assert arrays["accuracy/error_mlp_by_depth"].shape[1] == 1  # equal for both biases: stored once
        assert arrays["accuracy/mlp_by_depth"].shape[1] == 2
        spoilt = {**arrays, "accuracy/mlp_pairs": arrays["accuracy/mlp_pairs"][:, :, 1:]}
    np.savez(tmp_path / "gpt_s.npz", **spoilt)
    manifest = json.loads((tmp_path / "gpt_s.json").read_text())
    manifest["sha256"] = sha256((tmp_path / "gpt_s.npz").read_bytes()).hexdigest()
    (tmp_path / "gpt_s.json").write_text(json.dumps(signed(manifest)))
    with pytest.raises(InputError, match="table mlp_pairs has shape"):
        read_artifact(space, tmp_path)


def test_artifacts_are_small_and_hold_no_pickle() -> None:
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sizes.pop("baselines.parquet") <= 3e6  # curves of the study
    assert sum(sizes.values()) < 3e6
    for path in SHIPPED.glob("*.npz"):
        with np.load(path, allow_pickle=False) as archive:
            assert all(archive[name].dtype.kind in "if" for name in archive)
