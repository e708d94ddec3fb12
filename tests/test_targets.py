"""Targets: names with devices of any kind, their order, units and directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwbench_mo import DEVICES, METRICS, InputError
from hwbench_mo.targets import CLOSED_FORM, MEMORY, PER_DEVICE, QUALITY, Target, in_order

devices = st.from_regex(r"[a-z0-9][a-z0-9_]{0,20}", fullmatch=True)


@given(st.sampled_from(PER_DEVICE), devices)
def test_a_name_comes_back_whatever_the_device_is_called(metric: str, device: str) -> None:
    target = Target.parse(f"{metric}@{device}")
    assert (target.metric, target.device) == (metric, device)
    assert Target.parse(target.name) == target


@pytest.mark.parametrize("metric", [*QUALITY, *MEMORY, *CLOSED_FORM])
def test_other_metrics_take_no_device(metric: str) -> None:
    assert Target.parse(metric) == Target(metric)
    with pytest.raises(InputError, match=f"objective '{metric}@a100' takes no device; write '{metric}'"):
        Target.parse(f"{metric}@a100")


@pytest.mark.parametrize("device", ["A100", "my-gpu", "my gpu", "../a100", "_a100", "a100@b", "ä"])
def test_devices_that_are_no_names_are_refused(device: str) -> None:
    with pytest.raises(InputError, match="must be lower-case letters, digits and underscores"):
        Target.parse(f"latency@{device}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latency", "objective 'latency' needs a device, such as latency@a100"),
        ("energy@", "objective 'energy@' needs a device, such as energy@a100"),
        ("latncy@a100", "unknown objective 'latncy@a100'; valid, nearest first: latency@DEVICE"),
        ("", "unknown objective ''; valid, nearest first: "),
    ],
)
def test_names_that_are_none_are_refused(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Target.parse(name)


def test_the_devices_of_a_benchmark_are_named_where_one_is_missing() -> None:
    with pytest.raises(InputError, match="'energy' needs a device, such as energy@mine; devices: mine, other"):
        Target.parse("energy", devices=["mine", "other"])
    assert Target.parse("peak_memory@mine").label == "peak_memory@mine (MB)"


def test_the_order_is_by_metric_then_by_device() -> None:
    names = [*QUALITY, *(f"{metric}@{device}" for metric in PER_DEVICE for device in DEVICES), *MEMORY, *CLOSED_FORM]
    assert in_order(reversed(names)) == names
    assert tuple(dict.fromkeys(Target.parse(name).metric for name in names)) == METRICS


@given(st.lists(devices, unique=True, max_size=8).flatmap(st.permutations))
def test_devices_of_ones_own_follow_by_name(mine: list[str]) -> None:
    others = sorted(set(mine) - set(DEVICES))
    ordered = in_order(f"latency@{device}" for device in (*mine, *set(DEVICES).difference(mine)))
    assert [Target.parse(name).device for name in ordered] == [*DEVICES, *others]


def test_accuracy_alone_is_maximised() -> None:
    assert {metric for metric in METRICS if Target(metric).sign != 1} == {"accuracy"}
    assert Target("accuracy").sign == -1


def test_labels_name_units() -> None:
    assert Target.parse("latency@a100").label == "latency@a100 (ms)"
    assert Target.parse("energy@mine").label == "energy@mine (Wh)"
    assert Target.parse("memory_float16").label == "memory_float16 (MB)"
    assert Target.parse("perplexity").label == "perplexity"
