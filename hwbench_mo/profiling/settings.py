"""How a device is measured: what a user may choose, and what is chosen where nothing is said."""

from dataclasses import dataclass, field
from typing import Any

from hwbench_mo.checks import check_count, check_seed
from hwbench_mo.errors import InputError, unknown
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.targets import DEVICE_NAME, DEVICES

PROTOCOLS = ("graph", "authors", "clock")
DTYPES = ("bfloat16", "float16", "float32")
ENERGY_PRECISION = 4.0
"""Tables of energy are precise enough with an error of so many times that of latency: energy scatters more."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one campaign: one space on one device.

    Parameters
    ----------
    space
        The space.
    device
        The name of the device in files and objectives.
    batch, sequence
        Sequences a pass and tokens a sequence; None stands for those of the space, 1024 tokens.
    dtype
        Of matrix products, by autocast; weights are float32, as in the authors' measurements.
    protocol
        ``graph``: CUDA events around replays of a CUDA graph. ``authors``: eager passes under PyTorch's profiler.
        ``clock``: passes by the clock of the processor.
    precision
        The relative error of the tables of latency, as predicted, with which a campaign ends.
    energy_seconds
        Seconds of passes of which the energy is counted, for each architecture; 0 measures no energy.
    held_out
        The share of architectures that fits leave out.
    most
        Architectures to measure at most.
    seed
        Of the choice of architectures and their order.

    Raises
    ------
    InputError
        If a value is out of range, or the name is that of a device that ships.
    """

    space: SearchSpace
    device: str
    dtype: str
    protocol: str
    batch: int | None = None
    sequence: int | None = None
    precision: float = 0.005
    energy_seconds: float = 2.0
    held_out: float = 0.1
    most: int = 300
    seed: int = 0
    passes: int = field(init=False)
    """Passes whose latency is measured, for each architecture."""

    def __post_init__(self) -> None:
        if not DEVICE_NAME.fullmatch(self.device) or self.device == "architectures":
            raise InputError(f"device {self.device!r} must be a name of lower-case letters, digits and underscores")
        if self.device in DEVICES:
            raise InputError(
                f"the name {self.device!r} is taken by a device that ships; choose another, my_{self.device}"
            )
        if self.protocol not in PROTOCOLS:
            raise unknown("protocol", self.protocol, PROTOCOLS)
        if self.dtype not in DTYPES:
            raise unknown("dtype", self.dtype, DTYPES)
        for name, default in (("batch", self.space.batch_size), ("sequence", SEQUENCE_LENGTH)):
            object.__setattr__(self, name, default if getattr(self, name) is None else getattr(self, name))
            check_count(name, getattr(self, name))
        check_count("architectures", self.most)
        check_seed(self.seed)
        if not 0 < self.precision < 1:
            raise InputError(f"precision is {self.precision:g}, but must lie between 0 and 1, such as 0.005")
        if not 0 <= self.energy_seconds <= 600:
            raise InputError(f"energy_seconds is {self.energy_seconds:g}, but must be from 0 to 600")
        if not 0 <= self.held_out <= 0.5:
            raise InputError(f"held_out is {self.held_out:g}, but must be a share from 0 to 0.5")
        if self.protocol == "authors" and self.energy_seconds:
            object.__setattr__(self, "energy_seconds", 0.0)
        object.__setattr__(self, "passes", {"graph": 20, "authors": 10, "clock": 10}[self.protocol])

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same when a campaign is resumed, in plain JSON values."""
        names = ("device", "dtype", "protocol", "batch", "sequence", "energy_seconds", "held_out", "seed")
        return {"space": self.space.name, **{name: getattr(self, name) for name in names}}

    @property
    def is_of_the_space(self) -> bool:
        """Whether batch and sequence are those of the space: other tables are not comparable with those that ship."""
        return (self.batch, self.sequence) == (self.space.batch_size, SEQUENCE_LENGTH)
