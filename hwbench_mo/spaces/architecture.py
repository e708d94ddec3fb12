"""One GPT-2-family architecture, in the values that its users think in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hwbench_mo.errors import InputError
from hwbench_mo.spaces.schema import FORMAT, architecture_schema, check_document


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A decoder-only transformer: one width, and a choice of MLP ratio and number of heads for each layer.

    Parameters
    ----------
    embed_dim
        Width of the residual stream.
    n_layer
        Number of transformer blocks.
    mlp_ratio, n_head
        One entry a layer, from the first layer to the last. Any sequence is accepted and kept as a tuple.
    bias
        Whether linear layers have a bias.

    Raises
    ------
    InputError
        If a list does not have ``n_layer`` entries.

    Examples
    --------
    >>> Architecture(embed_dim=192, n_layer=2, mlp_ratio=[2, 4], n_head=[4, 8], bias=False).mlp_ratio
    (2, 4)
    """

    embed_dim: int
    n_layer: int
    mlp_ratio: tuple[int, ...]
    n_head: tuple[int, ...]
    bias: bool

    def __post_init__(self) -> None:
        for name in ("mlp_ratio", "n_head"):
            entries = getattr(self, name)
            try:
                entries = tuple(entries)
            except TypeError:
                raise InputError(f"{name} is {entries!r}, but needs one entry a layer") from None
            if len(entries) != self.n_layer:
                raise InputError(f"{name} has {len(entries)} entries, but n_layer is {self.n_layer}: one entry a layer")
            object.__setattr__(self, name, entries)

    def to_dict(self) -> dict[str, Any]:
        """The architecture in plain JSON values, as `json_schema` describes them; `from_dict` reads them back.

        >>> Architecture(embed_dim=192, n_layer=1, mlp_ratio=(2,), n_head=(4,), bias=False).to_dict()["mlp_ratio"]
        [2]
        """
        return {
            "format": FORMAT,
            "embed_dim": int(self.embed_dim),
            "n_layer": int(self.n_layer),
            "mlp_ratio": [int(entry) for entry in self.mlp_ratio],
            "n_head": [int(entry) for entry in self.n_head],
            "bias": bool(self.bias),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], /) -> Self:
        """The architecture of a document as `to_dict` gives it, or of one written by hand, where ``format`` may lack.

        Raises
        ------
        InputError
            In one line, if the document does not keep to the schema.

        Examples
        --------
        >>> Architecture.from_dict({"embed_dim": 192, "n_layer": 1, "mlp_ratio": [2], "n_head": [0], "bias": False})
        Traceback (most recent call last):
        hwbench_mo.errors.InputError: n_head[0] is 0, but must be at least 1
        """
        return cls(**check_document(document))

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """The JSON schema (draft 2020-12) of `to_dict`'s documents."""
        return architecture_schema()
