"""A network as a folder that the library transformers loads, with code of its own beside the weights."""

import json
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwbench_mo.checks import check_path
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.extras import how_to_install
from hwbench_mo.files import new_folder
from hwbench_mo.network.build import build_model, import_torch
from hwbench_mo.network.onnx import write_onnx
from hwbench_mo.spaces import Architecture
from hwbench_mo.spaces.coding import VOCABULARY
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.version import __version__

if TYPE_CHECKING:
    from hwbench_mo.network.transformer import Transformer

SOURCES = {
    "configuration_hwbench.py": "huggingface/configuration_hwbench.py",
    "modeling_hwbench.py": "huggingface/modeling_hwbench.py",
    "transformer_hwbench.py": "transformer.py",
}
"""Files of code in an exported folder, and the modules of `hwbench_mo.network` that they are copies of."""
IMPORTS = {
    "from hwbench_mo.network.huggingface.configuration_hwbench import": "from .configuration_hwbench import",
    "from hwbench_mo.network.transformer import": "from .transformer_hwbench import",
}
"""How the copies import each other."""
LICENCE = f"# Copied from hwbench_mo {__version__}, under the Apache License, Version 2.0.\n"


def export_model(
    architecture: Architecture,
    folder: str | PathLike[str],
    /,
    *,
    network: "Transformer | None" = None,
    seed: int = 0,
    onnx: bool = False,
) -> Path:
    """Write a network as a folder that transformers loads with ``trust_remote_code=True``; returns the folder.

    It holds ``config.json``, ``model.safetensors`` (float32), the Python files that define the network, and a model
    card, ``README.md``. Nothing in it needs hwbench_mo.

    Parameters
    ----------
    architecture
        Of any space, or of none.
    folder
        To write; it must not exist, and it appears whole or not at all.
    network
        Whose weights are written, such as a trained one; by default, ``build_model(architecture, seed=seed)``.
    seed
        Of first weights; of no effect with a network.
    onnx
        Write ``model.onnx`` too: tokens ``input_ids`` ``[batch, sequence]`` to ``logits``, for any batch and sequence.

    Raises
    ------
    InputError
        If the folder exists, a library is missing, or the network is not one of this architecture.

    Examples
    --------
    >>> import tempfile
    >>> import hwbench_mo as hb
    >>> small = hb.Architecture(embed_dim=16, n_layer=2, mlp_ratio=(2, 4), n_head=(1, 2), bias=False)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     sorted(path.name for path in hb.export_model(small, f"{place}/small").iterdir())
    ['README.md', 'config.json', 'configuration_hwbench.py', 'model.safetensors', 'modeling_hwbench.py',
     'transformer_hwbench.py']
    """
    check_path("folder", folder)
    save_file = _import_safetensors()
    if network is None:
        network = build_model(architecture, device="cpu", seed=seed)
    else:
        _refuse_other(architecture, network)
    vocabulary = int(network.head.weight.shape[0])
    weights = {f"transformer.{name}": weight for name, weight in _float32(network).items()}
    with new_folder(Path(folder)) as scratch:
        _write(scratch / "config.json", json.dumps(configuration(architecture, vocabulary), indent=2) + "\n")
        for name, source in SOURCES.items():
            _write(scratch / name, LICENCE + _standing_alone(source))
        _write(
            scratch / "README.md", _card(architecture, sum(weight.numel() for weight in weights.values()), vocabulary)
        )
        save_file(weights, scratch / "model.safetensors", metadata={"format": "pt"})
        if onnx:
            write_onnx(network, scratch / "model.onnx")
    return Path(folder)


def configuration(architecture: Architecture, /, vocabulary: int = VOCABULARY) -> dict[str, Any]:
    """What ``config.json`` says: the architecture, and how transformers finds the code."""
    values = architecture.to_dict()
    del values["format"]
    return {
        "architectures": ["HWBenchForCausalLM"],
        "auto_map": {
            "AutoConfig": "configuration_hwbench.HWBenchConfig",
            "AutoModelForCausalLM": "modeling_hwbench.HWBenchForCausalLM",
        },
        "model_type": "hwbench_mo",
        **values,
        "vocab_size": vocabulary,
        "max_position_embeddings": SEQUENCE_LENGTH,
        "tie_word_embeddings": False,
        "use_cache": False,
        "dtype": "float32",
    }


def _import_safetensors() -> Any:
    import_torch()
    try:
        from safetensors.torch import save_file
    except ModuleNotFoundError as error:
        raise InputError(f"this needs {error.name}, which is not installed: {how_to_install('export')}") from None
    return save_file


def _refuse_other(architecture: Architecture, network: Any) -> None:
    if not hasattr(network, "named_parameters"):
        raise InputTypeError(f"network is {network!r}, but must be one that build_model gave")
    rows = getattr(getattr(getattr(network, "head", None), "weight", None), "shape", (VOCABULARY,))[0]
    plain = build_model(architecture, device="meta", vocabulary=int(rows))
    expected = {name: tuple(one.shape) for name, one in plain.named_parameters()}
    found = {name: tuple(one.shape) for name, one in network.named_parameters()}
    if found != expected:
        name = next(name for name in [*expected, *found] if found.get(name) != expected.get(name))
        shapes = f"{found.get(name, 'missing')} and not {expected.get(name, 'missing')}"
        raise InputError(f"network is not one of the architecture: {name} is {shapes}")
    if any(one.is_meta for one in network.parameters()):
        raise InputError("network has no weights: it was built on the device 'meta'")


def _float32(network: Any) -> dict[str, Any]:
    return {name: one.detach().cpu().float().contiguous() for name, one in network.named_parameters()}


def _standing_alone(source: str) -> str:
    """A module's text, importing its neighbours in the exported folder."""
    text = files("hwbench_mo.network").joinpath(source).read_text(encoding="utf-8")
    for ours, theirs in IMPORTS.items():
        text = text.replace(ours, theirs)
    return text


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _card(architecture: Architecture, n_parameters: int, vocabulary: int) -> str:
    layers, width = architecture.n_layer, architecture.embed_dim
    return f"""---
library_name: transformers
pipeline_tag: text-generation
tags: [hwbench_mo]
---
# A language model of {n_parameters:,} parameters

{layers} layers of width {width}, written by hwbench_mo {__version__}. Layers differ in heads and in MLP, so that the
network is defined by the Python files in this folder, which `trust_remote_code=True` loads:

    from transformers import AutoModelForCausalLM
    model = AutoModelForCausalLM.from_pretrained("THIS_FOLDER", trust_remote_code=True)

Token indices run from 0 to {vocabulary - 1}; no tokenizer is here.
"""
