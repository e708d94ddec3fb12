"""From an architecture to a PyTorch module."""

from types import ModuleType
from typing import TYPE_CHECKING

from hwbench_mo.checks import check_seed
from hwbench_mo.errors import InputError, InputTypeError
from hwbench_mo.extras import how_to_install
from hwbench_mo.spaces import Architecture

if TYPE_CHECKING:
    import torch

    from hwbench_mo.profiling.network import Transformer


def import_torch() -> ModuleType:
    """PyTorch, or the error that says how to install it."""
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise InputError(f"this needs PyTorch, which is not installed: {how_to_install('measure')}") from None
    module: ModuleType = torch
    return module


def build_model(
    architecture: Architecture, /, *, device: "str | torch.device | None" = None, seed: int = 0
) -> "Transformer":
    """The network of an architecture as a plain PyTorch module, with random weights.

    It maps tokens, int64 ``[batch, sequence]``, to logits ``[batch, sequence, 50254]``. Weights are float32; wrap calls
    in `torch.autocast` for others. `hwbench_mo.profiling.network` says what the network consists of.

    Parameters
    ----------
    architecture
        Of any space, or of none.
    device
        Where the weights are made; PyTorch's default device if None. On ``"meta"`` no memory is taken: parameters of a
        network of any size are counted for nothing.
    seed
        Of the weights, which are drawn from N(0, 0.02²). Global random state is neither read nor changed.

    Raises
    ------
    InputError
        If PyTorch is not installed, or the architecture is none.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> small = hb.Architecture(embed_dim=192, n_layer=2, mlp_ratio=(2, 4), n_head=(4, 8), bias=False)
    >>> sum(weight.numel() for weight in hb.build_model(small, device="meta").parameters())
    20552832
    """
    check_seed(seed)
    if not isinstance(architecture, Architecture):
        raise InputTypeError(f"architecture is {architecture!r}, but must be an Architecture; decode codes first")
    torch = import_torch()
    from hwbench_mo.profiling.network import Transformer

    place = torch.get_default_device() if device is None else torch.device(device)
    return Transformer(architecture, device=place, seed=seed)
