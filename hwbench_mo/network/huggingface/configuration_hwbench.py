"""Configuration of the networks of hwbench_mo for transformers.

Layers differ in their numbers of heads and in the width of their MLP, which no configuration of GPT-2 can say.
"""

from collections.abc import Sequence
from typing import Any

from transformers import PretrainedConfig


class HWBenchConfig(PretrainedConfig):
    """An architecture and what surrounds it; ``mlp_ratio`` and ``n_head`` have one entry a layer."""

    model_type = "hwbench_mo"
    attribute_map = {"hidden_size": "embed_dim", "num_hidden_layers": "n_layer"}  # noqa: RUF012

    def __init__(
        self,
        embed_dim: int = 192,
        n_layer: int = 1,
        mlp_ratio: Sequence[int] = (2,),
        n_head: Sequence[int] = (4,),
        bias: bool = False,
        vocab_size: int = 50254,
        max_position_embeddings: int = 1024,
        use_cache: bool = False,
        tie_word_embeddings: bool = False,
        **kwargs: Any,
    ) -> None:
        for name, entries in (("mlp_ratio", mlp_ratio), ("n_head", n_head)):
            if len(entries) != n_layer:
                raise ValueError(f"{name} has {len(entries)} entries, but n_layer is {n_layer}: one entry a layer")
        if use_cache or tie_word_embeddings:
            raise ValueError("use_cache and tie_word_embeddings must be false: the network has neither")
        self.embed_dim = embed_dim
        self.n_layer = n_layer
        self.mlp_ratio = list(mlp_ratio)
        self.n_head = list(n_head)
        self.bias = bias
        self.vocab_size = vocab_size
        self.max_position_embeddings = max_position_embeddings
        self.use_cache = use_cache
        super().__init__(tie_word_embeddings=tie_word_embeddings, **kwargs)
