"""The file that a fit leaves: one npz a space (no pickles) and a JSON manifest with its checksum."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.additive import AdditiveModel, quantise
from hwbench_mo.surrogates.noise import QuantileTable
from hwbench_mo.typing import Floats

FORMAT = 1
SHIPPED = Path(str(files("hwbench_mo") / "artifacts"))
"""The folder of the artifacts inside the package."""

Models = Mapping[str, AdditiveModel]
Noise = Mapping[str, QuantileTable]


def write_artifact(space: SearchSpace, models: Models, noise: Noise, facts: Mapping[str, Any], folder: Path) -> None:
    """Write ``{space}.npz`` and ``{space}.json`` into an existing folder. Equal input gives equal bytes.

    Tables are stored as integer multiples of a power of two; `read_artifact` gives back the models as `quantise`
    rounds them.
    """
    arrays: dict[str, Any] = {"levels": next(iter(noise.values())).levels}
    arrays["noise"] = np.stack([noise[name].ratios for name in models]).astype(np.float32)
    for kind, names in _by_kind(models).items():
        exponents = []
        rows: dict[str, list[Floats]] = {"base": [], "mlp": [], "head": []}
        for name in names:
            tables, exponent = quantise({part: getattr(models[name], part) for part in rows})
            exponents.append(exponent)
            for part, table in tables.items():
                rows[part].append(table / 2.0**exponent)
        arrays[f"{kind}_exponent"] = np.array(exponents, dtype=np.int16)
        for part, stack in rows.items():
            arrays[f"{kind}_{part}"] = np.stack(stack).astype(np.int32)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    content = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "space": space.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "targets": {name: model.link for name, model in models.items()},
        **facts,
    }
    (folder / f"{space.name}.npz").write_bytes(content)
    (folder / f"{space.name}.json").write_text(json.dumps(manifest, indent=1) + "\n")


def read_artifact(space: SearchSpace, folder: Path) -> tuple[Models, Noise, Mapping[str, Any]]:
    """Models, noise and manifest of a space.

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
        raise InputError(
            f"{error.filename}: cannot be read ({error.strerror}); fit it with hwbench_mo.fitting"
        ) from None
    except ValueError:
        raise InputError(f"{manifest_path}: not a manifest of hwbench_mo: it is not JSON") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("space") != space.name:
        raise InputError(f"{manifest_path}: not a manifest of {space.name!r} in format {FORMAT} of hwbench_mo")
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.get("sha256"):
        wanted = str(manifest.get("sha256"))
        raise InputError(
            f"{path}: corrupted or foreign: its sha256 is {found[:12]}…, but the manifest says {wanted[:12]}…"
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = dict(archive)
        models, noise = _unpack(space, manifest["targets"], arrays)
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not an artifact of {space.name!r}: {error}") from None
    return models, noise, manifest


def _unpack(space: SearchSpace, links: Mapping[str, Any], arrays: Mapping[str, Any]) -> tuple[Models, Noise]:
    place = {name: (kind, row) for kind, names in _by_kind(links).items() for row, name in enumerate(names)}
    models: dict[str, AdditiveModel] = {}
    for name, link in links.items():
        kind, row = place[name]
        step = 2.0 ** int(arrays[f"{kind}_exponent"][row])
        parts = {part: arrays[f"{kind}_{part}"][row] * step for part in ("base", "mlp", "head")}
        models[name] = AdditiveModel(**parts, link=link)
        models[name].check_fits(space)
    levels = arrays["levels"]
    ratios = arrays["noise"].astype(np.float64)
    return models, {name: QuantileTable(row, levels) for name, row in zip(links, ratios, strict=True)}


def _by_kind(names: Mapping[str, Any]) -> dict[str, list[str]]:
    """Targets that are stacked together: tables with positions (quality), and those without (hardware)."""
    kinds: dict[str, list[str]] = {"quality": [], "hardware": []}
    for name in names:
        kinds["quality" if name in ("perplexity", "accuracy") else "hardware"].append(name)
    return kinds
