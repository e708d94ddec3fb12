"""Devices of a benchmark: their order, and what is known of how they were measured."""

from typing import Any

import pytest

from hwbench_mo import DEVICES, InputError, load_benchmark
from hwbench_mo.benchmark.devices import Device, check_protocol, devices_of
from hwbench_mo.spaces import get_space


def test_devices_that_ship_are_in_the_order_of_the_constant() -> None:
    bench = load_benchmark("gpt_s")
    assert [name for name in bench.devices if name in DEVICES] == list(DEVICES)
    assert bench.devices["a100"].differs == ""
    with pytest.raises(TypeError):
        bench.devices["mine"] = bench.devices["a100"]  # type: ignore[index]


def test_a_device_says_in_what_its_passes_differ() -> None:
    space = get_space("gpt_m")
    told = {"mine": {"protocol": {"batch": 1, "sequence": 1024, "dtype": "float16"}}, "other": {}}
    found = devices_of(space, ["latency@mine", "energy@other", "perplexity"], {"devices": told})
    assert list(found) == ["mine", "other"]
    assert (found["mine"].differs, found["mine"].dtype) == ("batch 1", "float16")
    assert (found["other"].batch, found["other"].sequence, found["other"].differs) == (4, 1024, "")
    assert Device(name="x", batch=1, sequence=256, usual=(8, 1024)).differs == "batch 1, sequence 256"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([], "the protocol of mine is"),
        ({"batch": "8"}, "batch of mine is '8', but must be an integer from 1"),
        ({"batch": True}, "batch of mine is True"),
        ({"sequence": 0}, "sequence of mine is 0"),
        ({"dtype": 16}, "dtype of mine is 16, but must be a line"),
        ({"device_name": "x" * 1000}, "device_name of mine is"),
        ({"device_name": "\x1b[2J"}, "device_name of mine is"),
    ],
)
def test_protocols_of_other_types_are_refused(facts: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_protocol("mine", facts)
