"""Settings: what may be chosen, and what identifies a campaign."""

from typing import Any

import pytest

from hwbench_mo import DEVICES, InputError
from tests.support.measured import TOY
from tests.support.simulated_device import settings_of


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"device": "My GPU"}, "device 'My GPU' must be a name of lower-case letters, digits and underscores"),
        ({"device": "architectures"}, "device 'architectures' must be a name of"),
        *[({"device": name}, f"the name '{name}' is taken by a device that ships; choose another") for name in DEVICES],
        ({"protocol": "fast"}, "unknown protocol 'fast'"),
        ({"dtype": "bfloat"}, "unknown dtype 'bfloat'; valid, nearest first: bfloat16"),
        ({"batch": 0}, "batch is 0, but must be at least 1"),
        ({"sequence": 0}, "sequence is 0, but must be at least 1"),
        ({"precision": 0.0}, "precision is 0, but must lie between 0 and 1"),
        ({"precision": float("nan")}, "precision is nan"),
        ({"energy_seconds": -1.0}, "energy_seconds is -1, but must be from 0 to 600"),
        ({"held_out": 0.7}, "held_out is 0.7, but must be a share from 0 to 0.5"),
        ({"most": 0}, "architectures is 0, but must be at least 1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_is_out_of_range_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        settings_of(TOY, **changes)


def test_batch_and_sequence_are_those_of_the_space_by_default() -> None:
    settings = settings_of(TOY)
    assert (settings.batch, settings.sequence) == (8, 1024)
    assert settings.is_of_the_space
    assert not settings_of(TOY, batch=1).is_of_the_space
    assert settings_of(TOY, precision=0.1, most=5).identity == settings.identity
    assert settings_of(TOY, held_out=0.2).identity != settings.identity


def test_the_authors_protocol_measures_no_energy() -> None:
    assert settings_of(TOY, protocol="authors").energy_seconds == 0
