"""The files that a fit leaves: one npz a space (no pickles) and a JSON manifest, with a checksum over each."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from importlib.resources import files
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
"""The most that an artifact's arrays may take: a small file can unpack to any size."""
SHIPPED = Path(str(files("hwbench_mo") / "artifacts"))
"""The folder of the artifacts inside the package."""


class Contents(NamedTuple):
    """What an artifact holds; the arguments of `Benchmark` after the space."""

    models: Mapping[str, AdditiveModel]
    noise: Mapping[str, QuantileTable]
    manifest: Mapping[str, Any]
    errors: Mapping[str, TableError]
    support: Mapping[str, Support]


def write_artifact(space: SearchSpace, contents: Contents, folder: Path) -> None:
    """Write ``{space}.npz`` and ``{space}.json`` into an existing folder. Equal input gives equal bytes.

    Tables are stored as integer multiples of a power of two; `read_artifact` gives back the models as `quantise`
    rounds them. Standard errors are stored to four digits.
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
    (folder / f"{space.name}.npz").write_bytes(content)
    (folder / f"{space.name}.json").write_text(json.dumps(signed(manifest), indent=1) + "\n")


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
    _check_sum(manifest_path, signed(manifest)[MANIFEST_KEY], manifest.get(MANIFEST_KEY))
    _check_sum(path, hashlib.sha256(content).hexdigest(), manifest.get("sha256"))
    try:
        return _unpack(space, manifest, _arrays(content))
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not an artifact of {space.name!r}: {str(error).splitlines()[0]}") from None


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


def _unpack(space: SearchSpace, manifest: Mapping[str, Any], arrays: Mapping[str, Any]) -> Contents:
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
