"""A network in ONNX's format, by PyTorch's exporter."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install
from hwbench_mo.network.build import import_torch

if TYPE_CHECKING:
    from hwbench_mo.network.transformer import Transformer


def write_onnx(network: "Transformer", path: Path) -> None:
    """Write a network to ``path``, and its weights to ``path`` with ``.data`` at the end.

    The graph maps ``input_ids``, int64 ``[batch, sequence]``, to ``logits``; both axes are free.

    Raises
    ------
    InputError
        If a library that PyTorch's exporter uses is not installed.
    """
    torch = import_torch("onnx")
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ModuleNotFoundError as error:
        raise InputError(f"this needs {error.name}, which is not installed: {how_to_install('onnx')}") from None
    # A dimension of 1 would be taken for a constant.
    tokens = torch.zeros((2, 16), dtype=torch.int64, device=next(network.parameters()).device)
    free = torch.export.Dim.DYNAMIC
    was_training = network.training
    network.eval()
    try:
        with _quiet():
            torch.onnx.export(
                network,
                (tokens,),
                path,
                input_names=["input_ids"],
                output_names=["logits"],
                dynamic_shapes=({0: free, 1: free},),
                dynamo=True,
                external_data=True,
                verbose=False,
            )
    finally:
        network.train(was_training)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the exporter says of itself: that torchvision is missing, and which of its calls are deprecated."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        logger.setLevel(level)
