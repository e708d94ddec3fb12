"""The devices that a benchmark answers for: what is known of how each was measured, and tables of one's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwbench_mo.checks import check_path
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.surrogates.device_file import MOST_LETTERS, name_of, read_bytes, read_device
from hwbench_mo.targets import Target

if TYPE_CHECKING:
    from hwbench_mo.benchmark.benchmark import Benchmark

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]
"""A folder of device tables or a file of one, or several of them."""
TEXTS = ("protocol", "device_name", "dtype", "energy", "energy_reason", "driver")
COUNTS = ("batch", "sequence")


@dataclass(frozen=True, kw_only=True)
class Device:
    """How a device was measured, as far as that is recorded.

    Parameters
    ----------
    name
        As in ``latency@NAME``.
    batch, sequence
        Sequences a pass, and tokens a sequence.
    usual
        Batch and sequence of the space; where the device's are others, its tables answer for other passes.
    protocol, dtype, device_name
        How passes were timed, in what precision, and what the device calls itself; None where that is not recorded.
    facts
        All that is recorded, in plain JSON values.
    sha256
        Of the device's own tables; None where they are part of the benchmark's.
    path
        The file of its own tables.

    Examples
    --------
    >>> Device(name="mine", batch=1, sequence=1024, usual=(8, 1024), dtype="float16").differs
    'batch 1'
    """

    name: str
    batch: int
    sequence: int
    usual: tuple[int, int]
    protocol: str | None = None
    dtype: str | None = None
    device_name: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sha256: str | None = field(default=None, repr=False)
    path: str | None = field(default=None, repr=False)

    @staticmethod
    def of(name: str, space: SearchSpace, facts: Mapping[str, Any]) -> "Device":
        """The device that a benchmark's manifest tells of.

        Raises
        ------
        InputError
            If a fact is not of its type.
        """
        protocol = facts.get("protocol") or {}
        check_protocol(name, protocol)
        usual = space.batch_size, SEQUENCE_LENGTH
        texts = {key: protocol.get(key) for key in ("protocol", "dtype", "device_name")}
        batch, sequence = (protocol.get(key, number) for key, number in zip(COUNTS, usual, strict=True))
        own = {key: facts.get(key) for key in ("sha256", "path")}
        return Device(name=name, batch=batch, sequence=sequence, usual=usual, facts=protocol, **texts, **own)

    @property
    def differs(self) -> str:
        """In what its passes differ from those that the space counts, such as ``batch 1, sequence 256``; or nothing."""
        found = zip(COUNTS, (self.batch, self.sequence), self.usual, strict=True)
        return ", ".join(f"{name} {own}" for name, own, usual in found if own != usual)


def check_protocol(device: str, facts: object) -> None:
    """Raise `InputError` unless what is recorded of a device's protocol has the types that it must have."""
    if not isinstance(facts, Mapping):
        raise InputError(f"the protocol of {device} is {facts!r}, but must be an object")
    for key in TEXTS:
        text = facts.get(key)
        if text is not None and (not isinstance(text, str) or len(text) > 2 * MOST_LETTERS or not text.isprintable()):
            raise InputError(f"{key} of {device} is {text!r}, but must be a line of at most {2 * MOST_LETTERS} letters")
    for key in COUNTS:
        count = facts.get(key, 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count < 1 << 31:
            raise InputError(f"{key} of {device} is {count!r}, but must be an integer from 1")


def devices_of(space: SearchSpace, targets: Iterable[str], manifest: Mapping[str, Any]) -> dict[str, Device]:
    """The devices that targets name, in their order, with what a manifest tells of them."""
    names = dict.fromkeys(device for name in targets if (device := Target.parse(name).device))
    told = manifest.get("devices") or {}
    return {name: Device.of(name, space, told.get(name, {})) for name in names}


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


def with_devices(benchmark: "Benchmark", files: Iterable[tuple[Path, bytes]]) -> "Benchmark":
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
        told[device] = {"protocol": contents.manifest.get("protocol") or {}, "sha256": contents.manifest["sha256"]}
        told[device]["path"] = str(path)
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
