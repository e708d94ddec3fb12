"""Networks of hwbench_mo as language models of transformers: training, evaluation and generation."""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import GenerationMixin, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from hwbench_mo.network.huggingface.configuration_hwbench import HWBenchConfig
from hwbench_mo.network.transformer import Block, Transformer, initialise


class HWBenchForCausalLM(PreTrainedModel, GenerationMixin):
    """Logits of the next token. There is no cache of keys and values: each new token runs the whole sequence."""

    config_class = HWBenchConfig
    base_model_prefix = "transformer"
    main_input_name = "input_ids"
    _no_split_modules = [Block.__name__]  # noqa: RUF012

    def __init__(self, config: HWBenchConfig) -> None:
        super().__init__(config)
        self.transformer = Transformer(
            embed_dim=config.embed_dim,
            mlp_ratio=config.mlp_ratio,
            n_head=config.n_head,
            bias=config.bias,
            vocabulary=config.vocab_size,
        )
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        initialise(module, n_layer=self.config.n_layer)

    def get_input_embeddings(self) -> nn.Module:
        return self.transformer.embedding

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.transformer.embedding = value

    def get_output_embeddings(self) -> nn.Module:
        return self.transformer.head

    def set_output_embeddings(self, new_embeddings: nn.Module) -> None:
        self.transformer.head = new_embeddings

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        return_dict: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Logits ``[batch, sequence, vocab_size]`` and, with labels, the mean loss of the next token.

        ``attention_mask`` ``[batch, sequence]`` is 0 on padding, left or right: positions are relative. Labels are
        shifted here, and those of -100 do not count.
        """
        mask = None if attention_mask is None else visible(attention_mask)
        logits = self.transformer(input_ids, mask)
        loss = None
        if labels is not None:
            loss = self.loss_function(logits=logits, labels=labels, vocab_size=self.config.vocab_size, **kwargs)
        if return_dict is False:
            return (logits,) if loss is None else (loss, logits)
        return CausalLMOutput(loss=loss, logits=logits)

    def prepare_inputs_for_generation(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        return {"input_ids": input_ids, "attention_mask": attention_mask}


def visible(attention_mask: Tensor) -> Tensor:
    """``[batch, 1, sequence, sequence]``; whether a token (third axis) sees another (last axis).

    It sees itself, also where it is padding, so that no row of attention is empty.
    """
    n = attention_mask.shape[-1]
    causal = torch.ones(n, n, dtype=torch.bool, device=attention_mask.device).tril()
    itself = torch.eye(n, dtype=torch.bool, device=attention_mask.device)
    return (causal & attention_mask.bool()[:, None, None, :]) | itself
