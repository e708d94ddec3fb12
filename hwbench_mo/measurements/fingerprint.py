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
        digest.update(hashlib.sha256(file_of(place, name).read_bytes()).digest())
    return digest.hexdigest()
