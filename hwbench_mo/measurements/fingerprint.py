"""The content of the measurements of a space, as a hash."""

import hashlib
from pathlib import Path

from hwbench_mo.measurements.layout import ARCHITECTURES, devices_in, file_of
from hwbench_mo.spaces import SearchSpace


def fingerprint(folder: Path, space: SearchSpace) -> str:
    """sha256 over the names and contents of the files that `read_measurements` reads.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    digest = hashlib.sha256()
    place = folder / space.name
    for name in (ARCHITECTURES, *devices_in(place)):
        digest.update(f"{space.name}/{name}\n".encode())
        path = file_of(place, name)
        if not path.is_file():  # opening a pipe would wait for ever
            raise FileNotFoundError(path)
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
