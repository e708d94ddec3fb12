"""The manifest of an artifact is covered by a checksum, and what it says is validated even where that matches."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, load_benchmark
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.packing import signed


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """A copy of the shipped artifacts, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "artifacts"))


def facts_of(artifacts: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((artifacts / "gpt_s.json").read_text())
    return facts


def test_every_fact_of_a_manifest_is_covered(artifacts: Path) -> None:
    facts = facts_of(artifacts)
    for key in facts:
        changed = {**facts, key: 3 if key == "architectures" else {}}
        (artifacts / "gpt_s.json").write_text(json.dumps(changed))
        with pytest.raises(InputError, match=r"gpt_s\.json: (corrupted or foreign|not a manifest)"):
            load_benchmark("gpt_s", artifacts=artifacts)


def retarget(targets: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda facts: {**facts, "targets": targets}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (retarget({"perplexity": "foo"}), "the link of perplexity is 'foo', but must be one of identity, exp"),
        (retarget({"perplexity": ["exp"]}), "the link of perplexity is"),
        (retarget({"loss": "exp"}), "unknown objective 'loss'"),
        (retarget({"latency@mine": "identity"}), "not an artifact of 'gpt_s'"),
        (retarget([]), "not an artifact of 'gpt_s'"),
        (retarget(None), "not an artifact of 'gpt_s'"),
    ],
)
def test_a_signed_manifest_is_validated(
    change: Callable[[dict[str, Any]], dict[str, Any]], message: str, artifacts: Path
) -> None:
    (artifacts / "gpt_s.json").write_text(json.dumps(signed(change(facts_of(artifacts)))))
    with pytest.raises(InputError, match=message) as raised:
        load_benchmark("gpt_s", artifacts=artifacts)
    assert "\n" not in str(raised.value)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("perplexity/base.npy", bytes(100_000_000))
    return buffer.getvalue()


def empty() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bomb, "its arrays take 100000000 bytes, but must take 67108864 at most"),
        (empty, "not an artifact of 'gpt_s'"),
        (lambda: b"", "not an artifact of 'gpt_s'"),
        (lambda: b"PK\x05\x06" + bytes(18), "not an artifact of 'gpt_s'"),
    ],
)
def test_arrays_of_other_content_are_refused(content: Callable[[], bytes], message: str, artifacts: Path) -> None:
    written = content()
    (artifacts / "gpt_s.npz").write_bytes(written)
    facts = {**facts_of(artifacts), "sha256": sha256(written).hexdigest()}
    (artifacts / "gpt_s.json").write_text(json.dumps(signed(facts)))
    with pytest.raises(InputError, match=message):
        load_benchmark("gpt_s", artifacts=artifacts)
