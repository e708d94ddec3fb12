"""Names of metrics of one's own."""

import pytest

from hwbench_mo import InputError
from hwbench_mo.own_metrics import check_name, declare
from hwbench_mo.targets import Target, in_order


def test_a_declared_name_is_a_target() -> None:
    with pytest.raises(InputError, match="unknown objective 'speed'"):
        Target.parse("speed")
    declare("speed", unit="tokens/s", maximise=True)
    target = Target.parse("speed")
    assert (target.sign, target.unit, target.label, target.name) == (-1.0, "tokens/s", "speed (tokens/s)", "speed")
    with pytest.raises(InputError, match="objective 'speed@a100' takes no device"):
        Target.parse("speed@a100")
    declare("a_price", unit=None, maximise=False)
    assert Target.parse("a_price").label == "a_price"
    assert in_order(["speed", "params", "a_price", "perplexity"]) == ["perplexity", "params", "a_price", "speed"]


def test_names_that_are_taken_are_refused() -> None:
    assert check_name("kv_cache", ["latency"]) == "kv_cache"
    with pytest.raises(InputError, match="names taken, nearest first: flops, "):
        check_name("flops", ["latency", "macs", "flops"])
    with pytest.raises(InputError, match="column of runs or fronts"):
        check_name("embed_dim", [])
