"""What the tensors of a GPT-NeoX and of a GPT-2, as Hugging Face names them, are in a supernet."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from hwbench_mo.network.transformer import EPSILON, HEAD_SIZE, ROTARY_BASE, ROTATED

Take = tuple[str, Callable[[Tensor], Tensor]]
"""A weight of the supernet, and how it is made of the tensor."""


def same(tensor: Tensor) -> Tensor:
    """As it is."""
    return tensor


def _of_neox(name: str, config: Mapping[str, Any]) -> list[Take] | str:
    tied = [("head.weight", same)] if config.get("tie_word_embeddings") else []
    whole: dict[str, list[Take]] = {
        "gpt_neox.embed_in.weight": [("embedding.weight", same), *tied],
        "embed_out.weight": [("head.weight", same)],
        "lm_head.weight": [("head.weight", same)],
        "gpt_neox.final_layer_norm.weight": [("norm.weight", same)],
        "gpt_neox.final_layer_norm.bias": [("norm.bias", same)],
    }
    if name in whole:
        return whole[name]
    match = re.fullmatch(r"gpt_neox\.layers\.(\d+)\.(.+)\.(weight|bias)", name)
    parts = {
        "input_layernorm": "norm_1",
        "post_attention_layernorm": "norm_2",
        "attention.query_key_value": "attention.input",
        "attention.dense": "attention.output",
    }
    if match is None:
        return "the supernet has nothing like it"
    layer, part, kind = match.groups()
    if part.startswith("mlp."):
        return "the MLP has two matrices, that of the supernet is gated and has three"
    if part not in parts:
        return "the supernet has nothing like it"
    if part.startswith("attention.") and (why := _other_heads(config, "hidden_size", "num_attention_heads")):
        return why
    return [(f"blocks.{layer}.{parts[part]}.{kind}", same)]


def _of_gpt2(name: str, config: Mapping[str, Any]) -> list[Take] | str:
    short = name.removeprefix("transformer.")
    if short == "wte.weight":
        return [("embedding.weight", same), ("head.weight", same)]
    if short == "lm_head.weight":
        return "it is tied to wte.weight; the head of the supernet has weights of its own, which start as a copy of it"
    if short == "wpe.weight":
        return "positions are learned, those of the supernet are rotations"
    if short in ("ln_f.weight", "ln_f.bias"):
        return [(f"norm.{short.rpartition('.')[2]}", same)]
    match = re.fullmatch(r"h\.(\d+)\.(.+)\.(weight|bias)", short)
    if match is None:
        return "the supernet has nothing like it"
    layer, part, kind = match.groups()
    if part.startswith("mlp."):
        return "the MLP has two matrices, that of the supernet is gated and has three"
    if part in ("ln_1", "ln_2"):
        return [(f"blocks.{layer}.norm_{part[-1]}.{kind}", same)]
    if part in ("attn.c_attn", "attn.c_proj"):
        if why := _other_heads(config, "n_embd", "n_head"):
            return why
        # Matrices of GPT-2 are transposed, and all queries come first, then all keys, then all values.
        side = "input" if part == "attn.c_attn" else "output"
        return [(f"blocks.{layer}.attention.{side}.{kind}", _heads_together if side == "input" else _transposed)]
    return "the supernet has nothing like it"


def _transposed(tensor: Tensor) -> Tensor:
    return tensor.t() if tensor.ndim == 2 else tensor


def _heads_together(tensor: Tensor) -> Tensor:
    """From queries, keys and values of all heads to query, key and value of each head."""
    rows = _transposed(tensor)
    heads = rows.reshape(3, -1, HEAD_SIZE, *rows.shape[1:]).transpose(0, 1)
    return heads.reshape(rows.shape)


def _other_heads(config: Mapping[str, Any], width: str, heads: str) -> str | None:
    size = config.get(width, 0) / max(1, config.get(heads, 1))
    return None if size == HEAD_SIZE else f"heads have {size:g} elements, those of the supernet {HEAD_SIZE}"


def notes_of(kind: str, config: Mapping[str, Any]) -> list[str]:
    """Where weights fit, and are used a little differently than they were trained."""
    notes = []
    epsilon = config.get("layer_norm_eps", config.get("layer_norm_epsilon", EPSILON))
    if epsilon != EPSILON:
        notes.append(f"norms were trained with epsilon {epsilon:g}, and are used with {EPSILON:g}")
    if kind == "gpt2":
        notes.append("the head was tied to wte.weight; here it has weights of its own, which start as a copy")
        notes.append("attention was trained without rotation; a quarter of each head is rotated here")
        notes.append("attention and MLP stood one behind the other; they stand side by side here")
        return notes
    if not config.get("use_parallel_residual", True):
        notes.append("attention and MLP stood one behind the other; they stand side by side here")
    rope = config.get("rope_parameters") or {}
    share = rope.get("partial_rotary_factor", config.get("rotary_pct", 0.25))
    base = rope.get("rope_theta", config.get("rotary_emb_base", ROTARY_BASE))
    if share * HEAD_SIZE != ROTATED or base != ROTARY_BASE:
        notes.append(
            f"heads rotated by a share of {share:g}, base {base:g}; here {ROTATED / HEAD_SIZE:g}, {ROTARY_BASE}"
        )
    return notes


FORMS: Mapping[str, Callable[[str, Mapping[str, Any]], list[Take] | str]] = {"gpt_neox": _of_neox, "gpt2": _of_gpt2}
"""By ``model_type``: what a tensor becomes, or why it becomes nothing."""
