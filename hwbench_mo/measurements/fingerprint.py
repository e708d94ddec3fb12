"""Which measurements a folder holds, as a hash."""

import hashlib
from pathlib import Path

from hwbench_mo.spaces import SearchSpace
from hwbench_mo.targets import DEVICES


def fingerprint(folder: Path, space: SearchSpace) -> str:
    """sha256 over the names and contents of the files that `read_measurements` reads."""
    digest = hashlib.sha256()
    for name in ("architectures", *DEVICES):
        path = folder / space.name / f"{name}.parquet"
        digest.update(f"{space.name}/{name}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
