"""Weights of a GPT-NeoX or a GPT-2 in Hugging Face's form as the first weights of a supernet.

A tensor is taken where its shape and what it is for agree; what is not taken is named, with the reason.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hwbench_mo.errors import InputError, unknown
from hwbench_mo.network.transformer import HEAD_SIZE
from hwbench_mo.supernet.checkpoint import import_safetensors
from hwbench_mo.supernet.elastic import Supernet
from hwbench_mo.supernet.forms import FORMS, notes_of


@dataclass(frozen=True)
class Started:
    """What became of each tensor."""

    taken: Mapping[str, str]
    """Names of tensors, and of the weights that they became."""
    left: Mapping[str, str]
    """Names of tensors that were not taken, and why."""
    fresh: tuple[str, ...]
    """Weights of the supernet that keep their random start."""
    notes: tuple[str, ...]
    """Where weights are taken, and used a little differently than they were trained."""

    @property
    def lines(self) -> list[str]:
        """For people: a line for the tensors of one name in all layers."""
        found = [f"taken: {len(self.taken)} tensors; left: {len(self.left)}; fresh: {len(self.fresh)}"]
        found += [f"  left: {name}: {why}" for name, why in _by_layer(self.left)]
        found += [f"  fresh: {name}" for name, _ in _by_layer(dict.fromkeys(self.fresh, ""))]
        return found + [f"  note: {note}" for note in self.notes]


def start_from(folder: Path, supernet: Supernet) -> Started:
    """Put the weights of a folder into a supernet, where they fit.

    Parameters
    ----------
    folder
        With ``config.json`` and ``model.safetensors``, or several files and their index.

    Raises
    ------
    InputError
        If a file is missing or broken, the model is neither a GPT-NeoX nor a GPT-2, or nothing fits.
    """
    config = _read_json(folder / "config.json")
    kind = str(config.get("model_type"))
    if kind not in FORMS:
        raise unknown(f"model_type in {folder / 'config.json'}:", kind, FORMS)
    tensors = _tensors(folder)
    weights = dict(supernet.whole.named_parameters())
    taken: dict[str, str] = {}
    left: dict[str, str] = {}
    filled: set[str] = set()
    for name, read in tensors.items():
        takes = FORMS[kind](name, config)
        if isinstance(takes, str):
            left[name] = takes
            continue
        for target, change in takes:
            why = _put(weights, target, read, change)
            if why is None:
                taken[name] = target
                filled.add(target)
            elif name not in taken:
                left[name] = why
    if not taken:
        raise InputError(
            f"{folder}: no tensor fits the supernet of {supernet.space.name!r}: {next(iter(left.items()))}"
        )
    fresh = tuple(name for name in weights if name not in filled)
    return Started(taken, left, fresh, tuple(notes_of(kind, config)))


@torch.no_grad()
def _put(
    weights: Mapping[str, Any], target: str, read: Callable[[], Tensor], change: Callable[[Tensor], Tensor]
) -> str | None:
    """Why a tensor was not taken, or None."""
    if target not in weights:
        return f"the supernet has no {target}"
    weight = weights[target]
    try:
        found = change(read().float())
    except RuntimeError:
        return f"its shape is not that of heads of {HEAD_SIZE}"
    if found.shape[1:] != weight.shape[1:] or (found.shape != weight.shape and not _is_of_tokens(target)):
        return f"its shape is {list(found.shape)}, and that of {target} {list(weight.shape)}"
    rows = min(len(found), len(weight))  # tables of tokens are often padded
    weight[:rows].copy_(found[:rows])
    return None


def _is_of_tokens(target: str) -> bool:
    return target in ("embedding.weight", "head.weight")


def _tensors(folder: Path) -> dict[str, Callable[[], Tensor]]:
    """By name, how each tensor is read; buffers are left out."""
    import_safetensors()
    from safetensors import SafetensorError, safe_open

    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if index.is_file():
        names = sorted({str(name) for name in _read_json(index).get("weight_map", {}).values()})
    found: dict[str, Callable[[], Tensor]] = {}
    for name in names:
        path = folder / Path(name).name
        try:
            file: Any = safe_open(path, framework="pt")
            keys = list(file.keys())
        except (OSError, SafetensorError) as error:
            raise InputError(f"{path} is no file of weights: {str(error)[:100]}") from None
        for key in keys:
            if not re.search(r"((?<!_)attn\.(masked_)?bias|attention\.(masked_bias|bias|rotary_emb\.inv_freq))$", key):
                found[key] = partial(file.get_tensor, key)
    return found


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {str(error)[:100]}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path} must hold a JSON object")
    return content


def _by_layer(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names that differ in the number of a layer as one, with the numbers in its place."""
    found: dict[tuple[str, str], list[int]] = {}
    for name, text in names.items():
        match = re.search(r"(?<=\.)\d+(?=\.)", name)
        key = (name, text) if match is None else (f"{name[: match.start()]}{{}}{name[match.end() :]}", text)
        found.setdefault(key, []).extend([] if match is None else [int(match[0])])
    lines = []
    for (name, text), layers in found.items():
        shown = f"{{{min(layers)}-{max(layers)}}}" if len(layers) > 1 else "".join(map(str, layers))
        lines.append((name.replace("{}", shown) if layers else name, text))
    return lines
