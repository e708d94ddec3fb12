"""Benchmarks by name: from the tables that ship, from a folder that a fit wrote, or from a folder of measurements.

Tables of devices of one's own stand beside those that ship: see `hwbench_mo.benchmark.device_tables`.
"""

import json
import os
from contextlib import suppress
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, overload

from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.benchmark.device_tables import Paths, read_files, with_devices
from hwbench_mo.benchmark.devices import devices_of
from hwbench_mo.benchmark.empirical import merged
from hwbench_mo.benchmark.tabular import TabularBenchmark
from hwbench_mo.checks import check_path
from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SPACES, SearchSpace, TabularSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.spaces.files import SPACE, read_space_file, space_of
from hwbench_mo.surrogates.artifact import SHIPPED, read_artifact
from hwbench_mo.surrogates.device_file import name_of
from hwbench_mo.targets import DEVICE_NAME


@overload
def load_benchmark(
    space: str, /, *, artifacts: str | PathLike[str] | None = None, devices: Paths | None = None
) -> Benchmark: ...


@overload
def load_benchmark(space: str, /, *, table: str | PathLike[str]) -> TabularBenchmark: ...


def load_benchmark(
    space: str,
    /,
    *,
    artifacts: str | PathLike[str] | None = None,
    table: str | PathLike[str] | None = None,
    devices: Paths | None = None,
) -> Benchmark | TabularBenchmark:
    """The benchmark of a space by name: ``gpt_s``, ``gpt_m`` or ``gpt_l``, a wide one with closed forms only, or yours.

    Parameters
    ----------
    space
        Its name.
    artifacts
        A folder that ``hwbench-mo fit`` wrote; by default what ships with the package. It may be of a space of your
        own. Tables of devices that lie there are those of ``devices``, if the folder is named there too.
    table
        A folder of measurements, which then answer themselves; the space is the measured architectures.
    devices
        A folder of device tables, which ``hwbench-mo fit`` makes of measurements of one's own device, or a file of it;
        or a list of them. Their devices are answered for beside the others: ``latency@my_gpu``.

    Raises
    ------
    InputError
        If the space is unknown, its artifact, measurements or device tables are missing, corrupted or foreign, a
        device's name is taken, or a table is given with artifacts or devices.

    Examples
    --------
    >>> load_benchmark("gpt_s").space.n_genes
    27
    """
    for name, path in (("artifacts", artifacts), ("table", table)):
        if path is not None:
            check_path(name, path)
    known = named_space(space, artifacts=artifacts, table=table)
    if table is not None:
        refuse_beside_table(table, artifacts=artifacts, devices=devices)
        return load_table(known, table)
    benchmark = load_shipped(known) if artifacts is None else _load(known, Path(artifacts))
    if devices is None:
        return benchmark
    files = read_files(known, devices)
    return with_devices(benchmark, files) if artifacts is not None else _with_devices(known, files)


def named_space(
    name: str, *, artifacts: str | PathLike[str] | None = None, table: str | PathLike[str] | None = None
) -> SearchSpace:
    """The space of that name: one that ships, or one of one's own that a folder says.

    Parameters
    ----------
    artifacts, table
        Folders that may know a space of one's own: what a fit wrote, and measurements.

    Raises
    ------
    InputError
        If there is no such space, there or here.
    """
    if not isinstance(name, str) or name in SPACES or not DEVICE_NAME.fullmatch(name):
        return get_space(name)
    if table is not None and os.path.isfile(path := Path(table).expanduser() / name / SPACE):
        return read_space_file(path)
    if artifacts is not None and os.path.isfile(path := Path(artifacts).expanduser() / f"{name}.json"):
        with suppress(OSError, ValueError, RecursionError):
            if isinstance(found := json.loads(path.read_text(encoding="utf-8")), dict) and "choices" in found:
                return space_of(found["choices"], path)
    return get_space(name)


def refuse_beside_table(table: object, **others: object) -> None:
    """Raise `InputError` if surrogates are named beside a table: measured rows answer alone."""
    for name, other in others.items():
        if other is not None:
            raise InputError(f"table is {str(table)!r} and {name} are {str(other)!r}, but one answers: name one")


@lru_cache
def load_shipped(space: SearchSpace) -> Benchmark:
    """The benchmark of the package, with the tables of devices that lie beside its artifacts; read once a process."""
    benchmark = _load(space, SHIPPED)
    files = read_files(space, SHIPPED) if any(SHIPPED.glob(name_of(space.name, "*"))) else ()
    return with_devices(benchmark, files) if files else benchmark


@lru_cache(maxsize=8)
def _with_devices(space: SearchSpace, files: tuple[tuple[Path, bytes], ...]) -> Benchmark:
    """Made once a process, unless a file changes: fronts are kept with it."""
    return with_devices(load_shipped(space), files)


def _load(space: SearchSpace, folder: Path) -> Benchmark:
    if space.name not in MEASURED and not os.path.isfile(folder / f"{space.name}.json"):
        return Benchmark(space)
    return Benchmark(space, *read_artifact(space, folder))


def load_table(space: SearchSpace, folder: str | PathLike[str], /) -> TabularBenchmark:
    """The benchmark of a folder of measurements of a space; read once a process, unless its content changes.

    Raises
    ------
    InputError
        If the space is not one that was measured, or a file is missing or not as it must be.
    """
    from hwbench_mo.measurements import fingerprint

    path = Path(folder).expanduser().resolve()
    if not os.path.isdir(path / space.name):  # which answers for paths of any length
        found = [name for name in MEASURED if os.path.isdir(path / name)]
        instead = f"it has {', '.join(found)}" if found else "name the folder that holds gpt_s, gpt_m and gpt_l"
        raise InputError(f"{path} holds no measurements of {space.name!r}; {instead}")
    content = ""
    with suppress(OSError):  # the reader names the file
        content = fingerprint(path, space)
    return _read(space, path, content)


@lru_cache(maxsize=8)
def _read(space: SearchSpace, folder: Path, content: str) -> TabularBenchmark:
    from hwbench_mo.measurements import read_measurements

    measured = read_measurements(folder, space)
    codes, readings = merged(measured.codes, measured.readings)
    manifest: dict[str, Any] = {"sha256": content, "table": {"space": space.name, "folder": str(folder)}}
    if told := {
        device: {"protocol": protocol}
        for device, protocol in measured.protocols.items()
        if protocol and device in measured.devices
    }:
        devices_of(space, measured.readings, {"devices": told})  # refuses what is not as it must be
        manifest["devices"] = told
    return TabularBenchmark(TabularSpace.of(space, codes), readings, manifest)
