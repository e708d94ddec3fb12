"""The file of a device: small, whole, and refused in one line where it is not what a fit wrote."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.device_file import MANIFEST, MOST_FILE_BYTES, TABLES, read_bytes, read_device, write_device
from hwbench_mo.surrogates.packing import signed
from tests.support.device import contents

SPACE = get_space("gpt_s")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write_device(SPACE, "mine", contents(), tmp_path)


def test_what_is_written_is_read_again(written: Path, tmp_path: Path) -> None:
    assert written.name == "gpt_s-mine.zip"
    assert written.stat().st_size < 60_000
    device, found = read_device(SPACE, written, written.read_bytes())
    assert device == "mine"
    assert found.manifest["protocol"] == {"batch": 8}
    for name, model in contents().models.items():
        for part, table in model.parts.items():
            np.testing.assert_allclose(found.models[name].parts[part], table, rtol=1e-8)
    again = write_device(SPACE, "mine", contents(), tmp_path / "again")
    assert again.read_bytes() == written.read_bytes()
    with pytest.raises(OutputExistsError):
        write_device(SPACE, "mine", contents(), tmp_path)


def packed(manifest: Any, tables: bytes, *others: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, manifest if isinstance(manifest, str) else json.dumps(manifest))
        archive.writestr(TABLES, tables)
        for other in others:
            archive.writestr(other, b"")
    return buffer.getvalue()


def members(path: Path) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(MANIFEST)), archive.read(TABLES)


def test_every_fact_and_every_byte_is_covered(written: Path) -> None:
    facts, tables = members(written)
    for key in facts:
        with pytest.raises(InputError, match=r"gpt_s-mine\.zip: (corrupted or foreign|not the tables)"):
            read_device(SPACE, written, packed({**facts, key: {}}, tables))
    changed = bytearray(tables)
    changed[len(changed) // 2] ^= 1
    with pytest.raises(InputError, match="corrupted or foreign: its sha256 is"):
        read_device(SPACE, written, packed(facts, bytes(changed)))
    content = written.read_bytes()
    for place in range(0, len(content), len(content) // 40):
        spoilt = bytearray(content)
        spoilt[place] ^= 0x55
        with suppress(InputError):  # a header that nothing is read of may differ
            assert read_device(SPACE, written, bytes(spoilt))[1].manifest == facts


def of(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda facts: signed({**facts, **changes})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (of(space="gpt_m"), "holds tables of space 'gpt_m', but those of 'gpt_s' are asked for"),
        (of(format=99), "not the tables of a device in format 3"),
        (of(device="../x"), "device is '../x', but must be lower-case letters"),
        (of(device=["mine"]), "but must be lower-case letters"),
        (of(device="m" * 200), "but must be lower-case letters"),
        (of(device="other"), "it holds 'latency@mine', but must hold latency, energy, peak_memory of other alone"),
        (of(targets={"perplexity": "exp"}), "it holds 'perplexity', but must hold"),
        (of(targets={}), "it holds no target"),
        (of(targets={"peak_memory@mine": "identity"}), "not the tables of a device"),
        (of(targets=None), "not the tables of a device"),
    ],
)
def test_a_signed_manifest_is_validated(
    change: Callable[[dict[str, Any]], dict[str, Any]], message: str, written: Path
) -> None:
    facts, tables = members(written)
    with pytest.raises(InputError, match=message) as raised:
        read_device(SPACE, written, packed(change(facts), tables))
    assert "\n" not in str(raised.value)


def with_array(tables: bytes, name: str, array: Any) -> bytes:
    with np.load(io.BytesIO(tables)) as archive:
        arrays = {**archive, name: array}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("latency@mine/base", np.zeros((1, 2, 3), dtype=np.int32), r"table mlp has shape \(3, 2, 1, 3\), but needs"),
        ("latency@mine/base", np.zeros((3, 2, 9), dtype=np.int32), "but 'gpt_s' needs"),
        ("latency@mine/noise_knots", np.full((6, 1), np.nan), "it holds numbers that are not finite"),
        ("support/hardware/middle", np.zeros((3, 2)), "support|metric"),
        ("latency@mine/base", np.array([{}], dtype=object), "Object arrays cannot be loaded"),
    ],
)
def test_arrays_are_validated(name: str, array: Any, message: str, written: Path) -> None:
    facts, tables = members(written)
    spoilt = with_array(tables, name, array)
    with pytest.raises(InputError, match=message):
        read_device(SPACE, written, packed(signed({**facts, "sha256": sha256(spoilt).hexdigest()}), spoilt))


@pytest.mark.parametrize(
    "content", [b"", b"no archive", packed("{}", b"", "third"), packed("[" * 100_000, b""), packed("no json", b"")]
)
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the tables of a device") as raised:
        read_device(SPACE, tmp_path / "x.zip", content)
    assert "\n" not in str(raised.value)


def test_sizes_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"its tables\.npz takes more than 33554432 bytes"):
        read_device(SPACE, tmp_path / "x.zip", packed("{}", bytes(40_000_000)))
    (tmp_path / "large.zip").write_bytes(bytes(MOST_FILE_BYTES + 1))
    with pytest.raises(InputError, match="takes more than 8388608 bytes"):
        read_bytes(tmp_path / "large.zip")
    with pytest.raises(InputError, match="there is no such file or folder"):
        read_bytes(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is no regular file"):
        read_bytes(tmp_path)
