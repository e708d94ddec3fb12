"""The tables of one device on one space, in one file: what ``hwbench-mo fit`` makes of one's own measurements.

The file is a ZIP archive, ``{space}-{device}.zip``, of the two files that the artifacts of a space are: a manifest in
JSON and the tables as npz. It is data: nothing in it is imported, called or unpickled, and what it may take is bounded.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_file
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.packing import BROKEN, FORMAT, Contents, check_sums, pack, unpack
from hwbench_mo.targets import DEVICE_NAME, PER_DEVICE, Target

MANIFEST, TABLES = "manifest.json", "tables.npz"
MOST_FILE_BYTES = 1 << 23
"""The most that a file may take; tables of a device take some ten thousand."""
MOST_MEMBER_BYTES = {MANIFEST: 1 << 20, TABLES: 1 << 25}
"""The most that a member may take, unpacked."""
MOST_LETTERS = 100
"""Of a device's name."""


def name_of(space: str, device: str) -> str:
    """The name of the file of a device.

    >>> name_of("gpt_s", "my_gpu")
    'gpt_s-my_gpu.zip'
    """
    return f"{space}-{device}.zip"


def write_device(space: SearchSpace, device: str, contents: Contents, folder: Path) -> Path:
    """Write ``{space}-{device}.zip`` into a folder, and say where. Equal input gives equal tables.

    Raises
    ------
    OutputExistsError
        If the file is there already.
    """
    manifest, content = pack(space, contents._replace(manifest={"device": device, **contents.manifest}))
    path = folder / name_of(space.name, device)
    with new_file(path) as scratch, zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in ((MANIFEST, json.dumps(manifest, indent=1) + "\n"), (TABLES, content)):
            archive.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)  # without the time of writing
    return path


def read_bytes(path: Path) -> bytes:
    """The content of a file of at most `MOST_FILE_BYTES`.

    Raises
    ------
    InputError
        If it is missing, no regular file, or larger.
    """
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder; hwbench-mo fit makes device tables")
        if not path.is_file():  # opening a pipe would wait for ever
            raise InputError(f"{path}: is no regular file, and no device's tables")
        with path.open("rb") as file:
            content = file.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    if len(content) > MOST_FILE_BYTES:
        raise InputError(f"{path}: takes more than {MOST_FILE_BYTES} bytes, and is no device's tables")
    return content


def read_device(space: SearchSpace, path: Path, content: bytes) -> tuple[str, Contents]:
    """The device's name and what was written of it, from the content of the file at ``path``.

    Raises
    ------
    InputError
        If the file is corrupted, foreign, of another space, or named after another device.
    """
    members = _members(path, content)
    try:
        manifest = json.loads(members[MANIFEST])
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{path}: not the tables of a device in format {FORMAT} of hwbench_mo")
    check_sums(manifest, members[TABLES], manifest_path=path, path=path)
    if manifest.get("space") != space.name:
        found = str(manifest.get("space"))[:MOST_LETTERS]
        raise InputError(f"{path}: holds tables of space {found!r}, but those of {space.name!r} are asked for")
    try:
        device = _check_device(manifest)
        contents = unpack(space, manifest, members[TABLES])
        _check_numbers(space, contents)
    except (*BROKEN, MemoryError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path}: not the tables of a device: {reason}") from None
    return device, contents


def _members(path: Path, content: bytes) -> dict[str, bytes]:
    foreign = InputError(f"{path}: not the tables of a device: it must be a ZIP archive of {MANIFEST} and {TABLES}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sorted(archive.namelist()) != [MANIFEST, TABLES]:
                raise foreign
            found = {}
            for member, most in MOST_MEMBER_BYTES.items():
                with archive.open(member) as file:
                    found[member] = file.read(most + 1)
                if len(found[member]) > most:
                    raise InputError(f"{path}: its {member} takes more than {most} bytes")
            return found
    except InputError:
        raise
    except Exception:  # archives can be broken in any way: of another compression, encrypted, cut
        raise foreign from None


def _check_device(manifest: Mapping[str, Any]) -> str:
    """The device that all targets of a manifest are of."""
    device = manifest["device"]
    if not isinstance(device, str) or not DEVICE_NAME.fullmatch(device) or len(device) > MOST_LETTERS:
        raise InputError(f"device is {device!r}, but must be lower-case letters, digits and underscores")
    for name in manifest["targets"]:
        target = Target.parse(name)
        if target.metric not in PER_DEVICE or target.device != device:
            raise InputError(f"it holds {name!r}, but must hold {', '.join(PER_DEVICE)} of {device} alone")
    if not manifest["targets"]:
        raise InputError("it holds no target")
    return device


def _check_numbers(space: SearchSpace, contents: Contents) -> None:
    """Raise `InputError` unless all numbers are finite, and the support is of the space."""
    n_choices = len(space.mlp_ratio) + len(space.n_head)
    for support in contents.support.values():
        if support.middle.shape != (len(space.embed_dim), n_choices) or support.distances.ndim != 2:
            raise InputError(f"its support has shape {support.middle.shape}, but {space.name!r} needs another")
    arrays = [table for error in contents.errors.values() for table in error.parts.values()]
    arrays += [array for noise in contents.noise.values() for array in (noise.ratios, noise.knots)]
    arrays += [array for one in contents.support.values() for array in (one.middle, one.metric, one.distances)]
    curves = [model.curve for model in contents.models.values() if model.curve is not None]
    arrays += [array for curve in curves for array in (curve.knots, curve.images)]
    if not all(bool(np.isfinite(array).all()) for array in arrays):
        raise InputError("it holds numbers that are not finite")
