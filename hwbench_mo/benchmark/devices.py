"""The devices that a benchmark answers for, and what is known of how each was measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hwbench_mo.errors import InputError
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.surrogates.device_file import MOST_LETTERS
from hwbench_mo.targets import Target

TEXTS = ("protocol", "device_name", "dtype", "energy", "energy_reason", "driver")
COUNTS = ("batch", "sequence")


@dataclass(frozen=True, kw_only=True)
class Device:
    """How a device was measured, as far as that is recorded.

    Parameters
    ----------
    name
        As in ``latency@NAME``.
    batch, sequence
        Sequences a pass, and tokens a sequence.
    usual
        Batch and sequence of the space; where the device's are others, its tables answer for other passes.
    protocol, dtype, device_name
        How passes were timed, in what precision, and what the device calls itself; None where that is not recorded.
    facts
        All that is recorded, in plain JSON values.
    sha256
        Of the device's own tables; None where they are part of the benchmark's.
    path
        The file of its own tables.

    Examples
    --------
    >>> Device(name="mine", batch=1, sequence=1024, usual=(8, 1024), dtype="float16").differs
    'batch 1'
    """

    name: str
    batch: int
    sequence: int
    usual: tuple[int, int]
    protocol: str | None = None
    dtype: str | None = None
    device_name: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sha256: str | None = field(default=None, repr=False)
    path: str | None = field(default=None, repr=False)

    @staticmethod
    def of(name: str, space: SearchSpace, facts: Mapping[str, Any]) -> "Device":
        """The device that a benchmark's manifest tells of.

        Raises
        ------
        InputError
            If a fact is not of its type.
        """
        protocol = facts.get("protocol") or {}
        check_protocol(name, protocol)
        usual = space.batch_size, SEQUENCE_LENGTH
        texts = {key: protocol.get(key) for key in ("protocol", "dtype", "device_name")}
        batch, sequence = (protocol.get(key, number) for key, number in zip(COUNTS, usual, strict=True))
        own = {key: facts.get(key) for key in ("sha256", "path")}
        return Device(name=name, batch=batch, sequence=sequence, usual=usual, facts=protocol, **texts, **own)

    @property
    def differs(self) -> str:
        """In what its passes differ from those that the space counts, such as ``batch 1, sequence 256``; or nothing."""
        found = zip(COUNTS, (self.batch, self.sequence), self.usual, strict=True)
        return ", ".join(f"{name} {own}" for name, own, usual in found if own != usual)


def check_protocol(device: str, facts: object) -> None:
    """Raise `InputError` unless what is recorded of a device's protocol has the types that it must have."""
    if not isinstance(facts, Mapping):
        raise InputError(f"the protocol of {device} is {facts!r}, but must be an object")
    for key in TEXTS:
        text = facts.get(key)
        if text is not None and (not isinstance(text, str) or len(text) > 2 * MOST_LETTERS or not text.isprintable()):
            raise InputError(f"{key} of {device} is {text!r}, but must be a line of at most {2 * MOST_LETTERS} letters")
    for key in COUNTS:
        count = facts.get(key, 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count < 1 << 31:
            raise InputError(f"{key} of {device} is {count!r}, but must be an integer from 1")


def devices_of(space: SearchSpace, targets: Iterable[str], manifest: Mapping[str, Any]) -> dict[str, Device]:
    """The devices that targets name, in their order, with what a manifest tells of them."""
    names = dict.fromkeys(device for name in targets if (device := Target.parse(name).device))
    told = manifest.get("devices") or {}
    return {name: Device.of(name, space, told.get(name, {})) for name in names}
