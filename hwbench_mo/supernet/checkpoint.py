"""Checkpoints in safetensors: weights, the moments of AdamW, and the step, whole or not there at all.

Batches and sub-networks are drawn by seed and step, and no layer draws anything, so that the step is all there is to
know of random numbers.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install
from hwbench_mo.files import replaced_file

FOLDER = "checkpoints"
KEPT = 2
"""Checkpoints that are kept: an older one outlives a disk that fills while the next is written."""
MOMENTS = ("exp_avg", "exp_avg_sq")


def import_safetensors() -> Any:
    """The library's module for PyTorch, or the error that says how to install it."""
    try:
        import safetensors.torch
    except ModuleNotFoundError:
        raise InputError(f"this needs safetensors, which is not installed: {how_to_install('supernet')}") from None
    return safetensors.torch


def write_tensors(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and facts into one file, in place of one that may be there."""
    library = import_safetensors()
    content = {name: one.detach().contiguous().cpu() for name, one in tensors.items()}
    with replaced_file(path) as scratch:
        library.save_file(content, scratch, metadata={"facts": json.dumps(facts, sort_keys=True)})


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `write_tensors` wrote.

    Raises
    ------
    InputError
        If the file is missing, broken, or of somebody else.
    """
    import_safetensors()
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is no checkpoint: {type(error).__name__}: {str(error)[:200]}") from None
    return tensors, facts


def save(folder: Path, step: int, network: Any, optimizer: Any, facts: Mapping[str, Any]) -> Path:
    """Write the checkpoint after so many steps, and remove all but the newest."""
    tensors: dict[str, Tensor] = {}
    for name, weight in network.named_parameters():
        tensors[f"weight/{name}"] = weight
        for moment in MOMENTS:
            held = optimizer.state.get(weight, {}).get(moment)
            tensors[f"{moment}/{name}"] = torch.zeros_like(weight) if held is None else held
    path = _path(folder, step)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_tensors(path, tensors, {**facts, "step": step})
    for old in sorted(steps_in(folder))[:-KEPT]:
        _path(folder, old).unlink(missing_ok=True)
    return path


def load(path: Path, network: Any, optimizer: Any) -> dict[str, Any]:
    """Put a checkpoint's weights and moments in place; its facts.

    Raises
    ------
    InputError
        If it is not one of this network.
    """
    tensors, facts = read_tensors(path)
    step = int(facts["step"])
    for name, weight in network.named_parameters():
        for kind in ("weight", *MOMENTS):
            found = tensors.pop(f"{kind}/{name}", None)
            if found is None or found.shape != weight.shape:
                shape = "missing" if found is None else tuple(found.shape)
                raise InputError(f"{path}: {kind}/{name} is {shape}, but must be {tuple(weight.shape)}")
            if kind == "weight":
                with torch.no_grad():
                    weight.copy_(found)
                state = optimizer.state[weight]
                state["step"] = torch.tensor(float(step), device=_place_of_step(optimizer, weight))
            else:
                state[kind] = found.to(weight.device)
    return facts


def _place_of_step(optimizer: Any, weight: Tensor) -> torch.device:
    return weight.device if optimizer.defaults.get("fused") else torch.device("cpu")


def newest(folder: Path) -> Path | None:
    """The checkpoint to go on from."""
    steps = steps_in(folder)
    return _path(folder, max(steps)) if steps else None


def steps_in(folder: Path) -> list[int]:
    """Steps of the checkpoints that there are."""
    found = (re.fullmatch(r"step-(\d+)\.safetensors", path.name) for path in (folder / FOLDER).glob("*.safetensors"))
    return [int(match[1]) for match in found if match]


def _path(folder: Path, step: int) -> Path:
    return folder / FOLDER / f"step-{step:07d}.safetensors"
