"""One GPT-2-family architecture, in the values that its users think in."""

from dataclasses import dataclass

from hwbench_mo.errors import InputError


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
