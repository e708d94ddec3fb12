"""A trained supernet by its folder."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from hwbench_mo.checks import check_path
from hwbench_mo.network.build import import_torch

if TYPE_CHECKING:
    import torch

    from hwbench_mo.supernet.elastic import Supernet


def load_supernet(folder: str | PathLike[str], /, *, device: "str | torch.device" = "cpu") -> "Supernet":
    """The supernet that ``hwbench-mo supernet train`` wrote, with the largest network selected.

    ``supernet.select(architecture)`` is a sub-network in place, ``supernet.extract(architecture)`` one of its own, as
    `hwbench_mo.build_model` builds it. While training goes on, it is that of the newest checkpoint.

    Raises
    ------
    InputError
        If PyTorch or safetensors is not installed, or the folder holds no supernet with weights.
    """
    check_path("folder", folder)
    import_torch("supernet")
    from hwbench_mo.supernet.folder import read_supernet

    return read_supernet(Path(folder), device=device).supernet
