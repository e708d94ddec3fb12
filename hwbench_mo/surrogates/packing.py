"""The tables of a benchmark as the bytes of one npz (no pickles), with a manifest that has a checksum over all it says.

The artifacts of a space and the file of a device are written with them, and read.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import OPTIONAL, PARTS, AdditiveModel, Link, quantise
from hwbench_mo.surrogates.curve import Curve
from hwbench_mo.surrogates.quantiles import LEVELS, QuantileTable
from hwbench_mo.surrogates.support import Support
from hwbench_mo.surrogates.table_error import TableError
from hwbench_mo.targets import Target

FORMAT = 3
MANIFEST_KEY = "manifest_sha256"
"""Where the manifest has the checksum over all else that it says."""
MOST_BYTES = 1 << 26
"""The most that the arrays may take: a small file can unpack to any size."""
BROKEN = (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, zipfile.BadZipFile)
"""What reading arrays that are not those of tables can raise."""


class Contents(NamedTuple):
    """What is packed; the arguments of `Benchmark` after the space."""

    models: Mapping[str, AdditiveModel]
    noise: Mapping[str, QuantileTable]
    manifest: Mapping[str, Any]
    errors: Mapping[str, TableError]
    support: Mapping[str, Support]


def pack(space: SearchSpace, contents: Contents) -> tuple[dict[str, Any], bytes]:
    """The signed manifest, and the npz. Equal input gives equal bytes.

    Tables are stored as integer multiples of a power of two; `unpack` gives back the models as `quantise` rounds them.
    Standard errors are stored to four digits.
    """
    arrays: dict[str, Any] = {}
    for name, model in contents.models.items():
        tables, exponent = quantise(model.parts)
        arrays[f"{name}/exponent"] = np.int16(exponent)
        for part, table in tables.items():
            arrays[f"{name}/{part}"] = _without_bias(part, (table / 2.0**exponent).astype(np.int32))
        if model.curve is not None:
            arrays[f"{name}/curve"] = np.stack([model.curve.knots, model.curve.images])
        arrays |= _pack_noise(name, contents.noise[name])
        arrays |= _pack_error(name, contents.errors[name])
    for kind, support in contents.support.items():
        for part in ("middle", "metric", "distances"):
            arrays[f"support/{kind}/{part}"] = getattr(support, part)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    content = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "space": space.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "targets": {name: model.link for name, model in contents.models.items()},
        **contents.manifest,
    }
    return signed(manifest), content


def signed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with the checksum over all else that it says."""
    said = {key: value for key, value in manifest.items() if key != MANIFEST_KEY}
    return {**said, MANIFEST_KEY: hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()}


def _pack_noise(name: str, noise: QuantileTable) -> dict[str, Any]:
    knots, ratios = noise.knots, noise.ratios.astype(np.float32)
    # Groups that are pooled over bias are stored once.
    if len(knots) % 2 == 0 and all((table[::2] == table[1::2]).all() for table in (knots, ratios)):
        knots, ratios = knots[::2], ratios[::2]
    return {f"{name}/noise_knots": knots, f"{name}/noise": ratios}


def _pack_error(name: str, error: TableError) -> dict[str, Any]:
    largest = max(float(np.abs(table).max(initial=0.0)) for table in error.parts.values())
    step = largest / np.iinfo(np.int16).max if largest > 0 else 1.0
    packed: dict[str, Any] = {f"{name}/error_step": np.float64(step)}
    for part, table in error.parts.items():
        packed[f"{name}/error_{part}"] = _without_bias(part, np.round(table / step).astype(np.int16))
    return packed


def _without_bias(part: str, table: Any) -> Any:
    """The optional tables that do not depend on bias are stored once."""
    return table[:, :1] if part in OPTIONAL and (table == table[:, :1]).all() else table


def _tables(space: SearchSpace, arrays: Mapping[str, Any], prefix: str, step: float) -> dict[str, Any]:
    """The tables of a model or of an error that there are, by name."""
    found = {part: arrays[prefix + part] * step for part in PARTS if prefix + part in arrays}
    for part in OPTIONAL:
        if part in found and found[part].shape[1] == 1:
            found[part] = np.repeat(found[part], len(space.bias), axis=1)
    return found


def check_sums(manifest: Mapping[str, Any], content: bytes, *, manifest_path: Path, path: Path) -> None:
    """Raise `InputError` unless the manifest is as it was signed, and the npz is the manifest's."""
    _check_sum(manifest_path, signed(manifest)[MANIFEST_KEY], manifest.get(MANIFEST_KEY))
    _check_sum(path, hashlib.sha256(content).hexdigest(), manifest.get("sha256"))


def _check_sum(path: Path, found: str, wanted: object) -> None:
    if found != wanted:
        raise InputError(
            f"{path}: corrupted or foreign: its sha256 is {found[:12]}…, but the manifest says {str(wanted)[:12]}…"
        )


def _arrays(content: bytes) -> dict[str, Any]:
    size = sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(content)).infolist())
    if size > MOST_BYTES:
        raise InputError(f"its arrays take {size} bytes, but must take {MOST_BYTES} at most")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return dict(archive)


def unpack(space: SearchSpace, manifest: Mapping[str, Any], content: bytes) -> Contents:
    """What was packed.

    Raises
    ------
    InputError
        If the arrays take too much, or the link of a model is unknown. What is broken otherwise raises any of `BROKEN`.
    """
    arrays = _arrays(content)
    models, noise, errors = {}, {}, {}
    n_groups = len(space.embed_dim) * len(space.bias)
    for target, link in manifest["targets"].items():
        name = Target.parse(target).name
        if link not in get_args(Link):
            raise InputError(f"the link of {name} is {link!r}, but must be one of {', '.join(get_args(Link))}")
        step = 2.0 ** int(arrays[f"{name}/exponent"])
        curve = Curve(*arrays[f"{name}/curve"]) if f"{name}/curve" in arrays else None
        models[name] = AdditiveModel(**_tables(space, arrays, f"{name}/", step), link=link, curve=curve)
        models[name].check_fits(space)
        rows = np.arange(n_groups) * len(arrays[f"{name}/noise"]) // n_groups
        noise[name] = QuantileTable(arrays[f"{name}/noise"], LEVELS, arrays[f"{name}/noise_knots"]).take(rows)
        error_step = float(arrays[f"{name}/error_step"])
        errors[name] = TableError(**_tables(space, arrays, f"{name}/error_", error_step))
        errors[name].check_fits(space)
    kinds = [kind for kind in ("quality", "hardware") if f"support/{kind}/middle" in arrays]
    support = {kind: _unpack_support(arrays, kind) for kind in kinds}
    return Contents(models, noise, manifest, errors, support)


def _unpack_support(arrays: Mapping[str, Any], kind: str) -> Support:
    middle, metric, distances = (arrays[f"support/{kind}/{part}"] for part in ("middle", "metric", "distances"))
    return Support(middle, metric, distances, tuple(range(middle.shape[1])))
