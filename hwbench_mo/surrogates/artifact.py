"""The files that a fit leaves: one npz a space (no pickles) and a JSON manifest, with a checksum over each."""

import json
from importlib.resources import files
from pathlib import Path

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.packing import BROKEN, FORMAT, Contents, check_sums, pack, unpack

SHIPPED = Path(str(files("hwbench_mo") / "artifacts"))
"""The folder of the artifacts inside the package."""


def write_artifact(space: SearchSpace, contents: Contents, folder: Path) -> None:
    """Write ``{space}.npz`` and ``{space}.json`` into an existing folder. Equal input gives equal bytes."""
    manifest, content = pack(space, contents)
    (folder / f"{space.name}.npz").write_bytes(content)
    (folder / f"{space.name}.json").write_text(json.dumps(manifest, indent=1) + "\n")


def read_artifact(space: SearchSpace, folder: Path) -> Contents:
    """What was written of a space.

    Raises
    ------
    InputError
        If a file is missing, or is not, byte for byte, what a fit of this space wrote.
    """
    manifest_path, path = folder / f"{space.name}.json", folder / f"{space.name}.npz"
    try:
        manifest = json.loads(manifest_path.read_text())
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror}); fit it with hwbench-mo fit") from None
    except ValueError:
        raise InputError(f"{manifest_path}: not a manifest of hwbench_mo: it is not JSON") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("space") != space.name:
        raise InputError(f"{manifest_path}: not a manifest of {space.name!r} in format {FORMAT} of hwbench_mo")
    check_sums(manifest, content, manifest_path=manifest_path, path=path)
    try:
        return unpack(space, manifest, content)
    except BROKEN as error:
        raise InputError(f"{path}: not an artifact of {space.name!r}: {str(error).splitlines()[0]}") from None
