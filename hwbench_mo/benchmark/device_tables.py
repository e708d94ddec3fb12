"""Tables of devices of one's own, beside those of a benchmark: files that ``hwbench-mo fit`` wrote."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.devices import Device
from hwbench_mo.checks import check_path
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.device_file import name_of, read_bytes, read_device

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]
"""A folder of device tables or a file of one, or several of them."""


def files_in(space: SearchSpace, paths: Paths) -> list[Path]:
    """The files of device tables of a space that folders hold, or that are named themselves; absolute, each once.

    Raises
    ------
    InputError
        If a folder holds none of that space: what it holds instead is named.
    """
    several = [paths] if isinstance(paths, str | PathLike) else paths
    if not isinstance(several, Sequence):
        raise InputTypeError(f"devices are {paths!r}, but must be a folder of device tables, or a list of them")
    found: dict[Path, None] = {}
    for one in several:
        check_path("devices", one)
        path = Path(one).expanduser().absolute()
        found |= dict.fromkeys(_in_folder(space, path) if path.is_dir() else [path])
    return list(found)


def _in_folder(space: SearchSpace, folder: Path) -> list[Path]:
    files = sorted(folder.glob(name_of(space.name, "[a-z0-9]*")))
    if files:
        return files
    instead = "hwbench-mo fit makes them of measurements"
    if others := [name for name in MEASURED if any(folder.glob(name_of(name, "[a-z0-9]*")))]:
        instead = f"it has those of {', '.join(others)}"
    elif any((folder / name / "architectures.parquet").exists() for name in MEASURED):
        instead = f"it holds measurements: hwbench-mo fit {folder} OUT makes device tables of them"
    elif any((folder / f"{name}.json").exists() for name in MEASURED):
        instead = "it holds artifacts: name them as artifacts="
    raise InputError(f"{folder} holds no device tables of {space.name!r}; {instead}")


def with_devices(benchmark: Benchmark, files: Iterable[tuple[Path, bytes]]) -> Benchmark:
    """The benchmark with device tables beside its own, from paths and contents of their files.

    Raises
    ------
    InputError
        If a file is broken or of another space, or a device's name is taken: by the benchmark, or by another file.
    """
    models, noise, errors = dict(benchmark.models), dict(benchmark.noise), dict(benchmark.errors)
    support, told = dict(benchmark.support), dict(benchmark.manifest.get("devices", {}))
    taken = dict.fromkeys(benchmark.devices, f"the benchmark of {benchmark.space.name!r}")
    for path, content in files:
        device, contents = read_device(benchmark.space, path, content)
        if device in taken:
            raise InputError(
                f"{path}: device {device!r} is one of {taken[device]} already; rename {device}.parquet of the "
                f"measurements, and fit them again"
            )
        taken[device] = str(path)
        told[device] = {
            "protocol": contents.manifest.get("protocol") or {},
            "fit": contents.manifest.get("fit") or {},
            "sha256": contents.manifest["sha256"],
            "path": str(path),
        }
        try:
            Device.of(device, benchmark.space, told[device])
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
        models |= contents.models
        noise |= contents.noise
        errors |= contents.errors
        support |= {f"{kind}@{device}": one for kind, one in contents.support.items()}
    manifest = {**benchmark.manifest, "devices": told}
    return replace(benchmark, models=models, noise=noise, manifest=manifest, errors=errors, support=support)


def read_files(space: SearchSpace, paths: Paths) -> tuple[tuple[Path, bytes], ...]:
    """Paths and contents of the files of `files_in`."""
    return tuple((path, read_bytes(path)) for path in files_in(space, paths))
