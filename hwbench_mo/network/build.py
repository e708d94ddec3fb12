"""From an architecture to a PyTorch module."""

from types import ModuleType
from typing import TYPE_CHECKING, Any

from hwbench_mo.checks import check_count, check_seed
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.extras import how_to_install
from hwbench_mo.spaces import Architecture
from hwbench_mo.spaces.coding import VOCABULARY

if TYPE_CHECKING:
    import torch

    from hwbench_mo.network.transformer import Transformer


def import_torch(extra: str = "measure") -> ModuleType:
    """PyTorch, or the error that says how to install it with the extra that needs it."""
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise InputError(f"this needs PyTorch, which is not installed: {how_to_install(extra)}") from None
    module: ModuleType = torch
    return module


def build_model(
    architecture: Architecture,
    /,
    *,
    device: "str | torch.device | None" = None,
    seed: int = 0,
    vocabulary: int = VOCABULARY,
) -> "Transformer":
    """The network of an architecture as a plain PyTorch module, with random weights.

    It maps tokens, int64 ``[batch, sequence]``, to logits ``[batch, sequence, vocabulary]``. Weights are float32; wrap
    calls in `torch.autocast` for others. `hwbench_mo.network.transformer` says what the network consists of.

    Parameters
    ----------
    architecture
        Of any space, or of none.
    device
        Where the weights are made; PyTorch's default device if None. On ``"meta"`` no memory is taken: parameters of a
        network of any size are counted for nothing.
    seed
        Of the weights, which are drawn as GPT-2's: from N(0, 0.02²), and those of the layers that write to the residual
        stream from N(0, 0.02² / (2 n_layer)); biases are 0. Global random state is neither read nor changed.
    vocabulary
        Tokens that there are: 50254 in the spaces that ship.

    Raises
    ------
    InputError
        If PyTorch is not installed, the architecture is none, or its network does not fit into memory.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> small = hb.Architecture(embed_dim=192, n_layer=2, mlp_ratio=(2, 4), n_head=(4, 8), bias=False)
    >>> sum(weight.numel() for weight in hb.build_model(small, device="meta").parameters())
    20552832
    """
    check_seed(seed)
    check_count("vocabulary", vocabulary, least=2)
    if not isinstance(architecture, Architecture):
        raise InputTypeError(f"architecture is {architecture!r}, but must be an Architecture; decode codes first")
    torch = import_torch()
    from hwbench_mo.network.transformer import Transformer, initialise

    place = torch.get_default_device() if device is None else torch.device(device)
    try:
        # Without memory first: PyTorch's own initialisation would draw every weight once more.
        with torch.device("meta"):
            network = Transformer(**arguments(architecture, vocabulary))
        if place.type != "meta":
            network.to_empty(device=place)
    except RuntimeError:
        if place.type not in ("cpu", "meta"):  # a campaign on a GPU leaves out what does not fit
            raise
        raise InputError(f"the network does not fit into memory: its width is {architecture.embed_dim}") from None
    if place.type != "meta":
        generator = torch.Generator(place).manual_seed(seed)
        for module in network.modules():
            initialise(module, n_layer=architecture.n_layer, generator=generator)
    return network


def arguments(architecture: Architecture, vocabulary: int = VOCABULARY) -> dict[str, Any]:
    """What `hwbench_mo.network.transformer.Transformer` is called with."""
    names = ("embed_dim", "mlp_ratio", "n_head", "bias")
    return {name: getattr(architecture, name) for name in names} | {"vocabulary": vocabulary}
