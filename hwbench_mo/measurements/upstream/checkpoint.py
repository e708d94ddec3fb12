"""The authors' own predictor of perplexity: a network of five layers over one-hot choices, read from its checkpoint."""

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.coding import BIAS, EMBED_DIM, N_LAYER
from hwbench_mo.typing import Codes, Floats

if TYPE_CHECKING:
    import torch

LAYERS = tuple(f"fc{i}" for i in range(1, 6))
NAMES = tuple(f"{layer}.{part}" for layer in LAYERS for part in ("weight", "bias"))
WIDEST = 10_000
"""Inputs or outputs of a layer; the authors' largest has 224."""


def predict_perplexity(data: bytes, place: str, space: SearchSpace, codes: Codes) -> Floats:
    """``[n]``; perplexity of architectures ``[n, d]`` as the network in a checkpoint predicts it. Needs torch.

    Raises
    ------
    InputError
        If the checkpoint holds anything but the tensors of such a network, or a prediction is not a positive number.
    """
    import torch

    torch.set_num_threads(1)  # results do not depend on the machine's cores
    try:
        loaded: Any = torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")
    except MemoryError:
        raise
    except Exception as error:  # malformed input can raise anything
        text = (str(error).splitlines() or [""])[0][:200]
        raise InputError(f"{place}: is not a checkpoint of a network ({type(error).__name__}: {text})") from None
    values = torch.from_numpy(_one_hot(space, codes))
    for layer, weight, bias in _layers(loaded, place, values.shape[1]):
        values = values @ weight.T + bias
        values = values if layer == LAYERS[-1] else torch.relu(values)
    predictions: Floats = values[:, 0].numpy().astype(np.float64)
    if not (np.isfinite(predictions) & (predictions > 0)).all():
        raise InputError(f"{place}: the network must predict positive numbers")
    return predictions


def _layers(loaded: Any, place: str, n_inputs: int) -> list[tuple[str, "torch.Tensor", "torch.Tensor"]]:
    """Weights ``[out, in]`` and biases ``[out]`` of each layer, the last of which has one output."""
    import torch

    if not isinstance(loaded, dict) or sorted(map(str, loaded)) != sorted(NAMES):
        raise InputError(f"{place} must hold {', '.join(NAMES)}")
    layers = []
    for layer in LAYERS:
        weight, bias = loaded[f"{layer}.weight"], loaded[f"{layer}.bias"]
        for name, tensor in ((f"{layer}.weight", weight), (f"{layer}.bias", bias)):
            if not isinstance(tensor, torch.Tensor) or tensor.layout != torch.strided or tensor.dtype != torch.float32:
                raise InputError(f"{place}: {name} must be a dense tensor of float32")
        n_outputs = 1 if layer == LAYERS[-1] else min(len(weight), WIDEST)
        if weight.shape != (n_outputs, n_inputs) or bias.shape != (n_outputs,):
            shapes = f"{tuple(weight.shape)} and {tuple(bias.shape)}"
            raise InputError(
                f"{place}: {layer} has shapes {shapes}, but must have {(n_outputs, n_inputs)} and {(n_outputs,)}"
            )
        layers.append((layer, weight.detach(), bias.detach()))
        n_inputs = n_outputs
    return layers


def _one_hot(space: SearchSpace, codes: Codes) -> Floats:
    """``[n, features]``; embed_dim, n_layer, mlp_ratio and n_head of each slot, then bias: yes, no."""
    active = space.active_slots(codes)[:, :, None]

    def one_hot(gene: Codes, n_choices: int) -> Any:
        return (gene[..., None] == np.arange(n_choices)).astype(np.float32)

    n = len(codes)
    bias = np.array(space.bias)[codes[:, BIAS]]
    parts = [
        one_hot(codes[:, EMBED_DIM], len(space.embed_dim)),
        one_hot(codes[:, N_LAYER], len(space.n_layer)),
        (one_hot(codes[:, space.mlp_genes], len(space.mlp_ratio)) * active).reshape(n, -1),
        (one_hot(codes[:, space.head_genes], len(space.n_head)) * active).reshape(n, -1),
        np.stack([bias, ~bias], axis=1).astype(np.float32),
    ]
    return np.concatenate(parts, axis=1)
