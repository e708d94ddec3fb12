"""A metric of one's own: what it must be, what it must answer, and what it is known by."""

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import hwbench_mo as hb
from hwbench_mo.benchmark.metric import rounded
from hwbench_mo.own_metrics import DECLARED, Declared
from hwbench_mo.typing import Floats
from tests.support.metrics import heads, metric
from tests.support.spaces import SMALL


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "latency"}, r"metric name 'latency' is a metric that there is already .*nearest first: latency"),
        ({"name": "finish_time"}, "is a column of runs or fronts .*nearest first: finish_time"),
        ({"name": "KV cache"}, "must be lower-case letters, digits and underscores"),
        ({"name": 3}, "metric name is 3, but must be a string"),
        ({"function": 3}, "function of metric 'x' is 3, but must be callable"),
        ({"of": "count"}, "of = 'count'; valid, nearest first: counts, codes"),
        ({"cost": -1}, "cost of metric 'x' is -1, but must be seconds"),
        ({"maximise": "no"}, "maximise of metric 'x' is 'no', but must be True or False"),
        ({"unit": 3}, "unit of metric 'x' is 3, but must be a string"),
        ({"version": 3}, "version of metric 'x' is 3, but must be a string or None"),
    ],
)
def test_what_it_must_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(hb.InputError, match=message):
        hb.Metric(**{"name": "x", "function": heads, **settings})


def _draws() -> Any:
    rng = np.random.default_rng(0)
    return lambda counts: rng.random(len(counts))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda counts: counts.n_head, r"answered int64 of shape \[\d+, 3\] for \d+ architectures, but must"),
        (lambda counts: 3.0, r"answered float64 of shape \[\]"),
        (lambda counts: ["a"] * len(counts), "but must answer numbers of shape"),
        (lambda counts: 1.0 / (counts.n_head[:, 0] - 1.0), "answered inf for row"),
        (
            lambda counts: counts.n_layer - counts.n_layer.mean(),
            "asked alone; it must depend on the architecture alone",
        ),
        (_draws(), "asked again; it must depend on the architecture alone"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_answers_are_tried(function: Any, message: str) -> None:
    with pytest.raises(hb.InputError, match=message):
        hb.make_problem(SMALL, ["x"], metrics=[hb.Metric(name="x", function=function, version="1")])


def test_a_name_means_one_thing() -> None:
    metric("heads")
    metric("heads")
    with pytest.raises(hb.InputError, match="'heads' was defined earlier in this process, minimised, in u, and is max"):
        metric("heads", maximise=True)


def test_what_an_interpreter_was_told_has_no_source() -> None:
    typed = eval("lambda counts: counts.n_layer")
    with pytest.raises(hb.InputError, match=r"source of the function .* is not found: .* or give version='1'"):
        hb.Metric(name="x", function=typed)
    one, same, other = (hb.Metric(name="x", function=typed, version=version) for version in ("1", "1", "2"))
    assert one.sha256 == same.sha256 != other.sha256


def test_a_copy_declares_its_name_in_another_process() -> None:
    packed = pickle.dumps(metric("heads", maximise=True))
    DECLARED.clear()
    assert pickle.loads(packed).function is heads
    assert {"heads": Declared("u", True)} == DECLARED


def test_the_hash_is_the_same_in_every_process() -> None:
    told = "from tests.support.metrics import metric; print(metric('lumpy').sha256)"
    assert subprocess.check_output([sys.executable, "-c", told], text=True).strip() == metric("lumpy").sha256


def test_what_a_function_is_told_cannot_be_written_to() -> None:
    def writes(counts: hb.LayerCounts) -> Floats:
        counts.embed_dim[0] = 3
        return counts.embed_dim.astype(float)

    with pytest.raises(ValueError, match="read-only"):
        hb.make_problem(SMALL, ["x"], metrics=[hb.Metric(name="x", function=writes)])


def test_rounding_keeps_thirteen_digits_and_whole_numbers() -> None:
    values = np.random.default_rng(0).normal(size=1000) * 10.0 ** np.arange(-5, 5).repeat(100)
    assert np.abs(rounded(values) / values - 1).max() < 1e-13
    whole = np.array([0.0, -3.0, 2.0**43 + 1, 1e12 + 7])
    assert (rounded(whole) == whole).all()
    assert (rounded(rounded(values)) == rounded(values)).all()
