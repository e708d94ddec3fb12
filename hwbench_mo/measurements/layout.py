"""Names of the files and columns of a folder of measurements.

The folder holds a folder for each space, named as the space is. In it are ``architectures.parquet``, a row for each
measurement, and ``{device}.parquet`` for each device that measured them, joined on ``campaign_index``. An architecture
that was measured several times has several rows, each with a ``campaign_index`` of its own.
"""

from pathlib import Path

from hwbench_mo.errors import InputError
from hwbench_mo.targets import DEVICE_NAME, MEMORY, QUALITY, device_order

ARCHITECTURES = "architectures"
FIELDS = ("embed_dim", "n_layer", "bias", "mlp_ratio", "n_head")
"""Columns of ``architectures.parquet`` that say which architecture a row is about."""
ONCE = {metric: metric for metric in QUALITY} | {metric: f"{metric}_mb" for metric in MEMORY}
"""Metrics that are measured once: their columns of ``architectures.parquet``."""
REPEATED = {"latency": "latency_ms", "energy": "energy_wh"}
"""Metrics that a device measures repeatedly: their columns of ``{device}.parquet``, lists of one length."""
ONCE_PER_DEVICE = {"peak_memory": "peak_memory_mb"}
"""Metrics that a device measures once: their columns of ``{device}.parquet``."""
HELD_OUT = "held_out"
"""Column of ``architectures.parquet``: rows that fits leave out, by which they are judged. It may be missing."""
PROTOCOL = "protocol"
"""Key of the metadata of ``{device}.parquet``: a JSON object that says how the device was measured; may be missing."""
JOB = 2500
"""Jobs that measured at the same time have 2,500 values of ``campaign_index`` each: job j has those from 2500 j."""


def file_of(folder: Path, stem: str) -> Path:
    """The path of ``{stem}.parquet`` in the folder of a space."""
    return folder / f"{stem}.parquet"


def devices_in(folder: Path) -> list[str]:
    """Names of the devices that have a file in the folder of a space, the known devices first.

    Raises
    ------
    InputError
        If a Parquet file has a name that no device can have.
    """
    stems = {path.stem for path in folder.glob("[!.]*.parquet")} - {ARCHITECTURES}
    for stem in sorted(stems):
        if not DEVICE_NAME.fullmatch(stem):
            raise InputError(
                f"{file_of(folder, stem)} must be named after a device, in lower-case letters, digits and underscores"
            )
    return sorted(stems, key=device_order)
