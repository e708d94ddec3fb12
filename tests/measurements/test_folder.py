"""Folders of measurements: what is written is read again, whatever devices and targets; what is broken is refused."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import DEVICES, InputError, SearchSpace, load_benchmark
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.measurements import Measurements, fingerprint, read_measurements, write_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.typing import Floats
from tests.support.measured import TOY, assert_same, change, spoil
from tests.support.spaces import MEASUREMENTS
from tests.support.tables import some_rows

WIDE = SearchSpace(
    name="wide", embed_dim=(64, 40_000), n_layer=(1, 2), mlp_ratio=(2, 200), n_head=(1, 128), batch_size=1
)
needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")


# What is written is read


@given(
    st.sampled_from([TOY, WIDE]),
    st.sets(st.sampled_from(["a100", "xeon_gold", "my_phone", "0", "z9"]), max_size=4),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=40)
def test_what_is_written_is_read_again(space: SearchSpace, devices: set[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = some_rows(space, int(rng.integers(1, 20)), seed)
    n = len(codes)

    def readings(n_repeats: int, *, gaps: float = 0.0) -> Floats:
        values = np.exp(rng.normal(0, 10, (n, n_repeats))).astype(np.float32).astype(np.float64)
        values[:, 1:][:, rng.random(n_repeats - 1) < 0.3] = np.nan  # repeats that the device did not take
        values[rng.random(n) < gaps] = np.nan
        return values

    targets = {"perplexity": readings(1, gaps=0.5), "accuracy": readings(1, gaps=0.1)}
    targets |= {metric: readings(1) for metric in ("memory_bfloat16", "memory_float16")}
    targets = {metric: values for metric, values in targets.items() if rng.random() < 0.7}
    protocols: dict[str, Mapping[str, Any]] = {}
    for device in devices:
        for metric in (("latency",), ("energy",), ("latency", "energy", "peak_memory"))[rng.integers(3)]:
            values = readings(1 if metric == "peak_memory" else int(rng.integers(1, 6)))
            values[1:][rng.random(n - 1) < 0.3] = np.nan  # rows that were not measured of this metric
            targets[f"{metric}@{device}"] = values
        if rng.random() < 0.5:
            protocols[device] = {"batch": 8, "dtype": "bfloat16", "device_name": "Ä 100", "energy": None}
    every = rng.permutation(1000)[:n], codes, targets, readings(1, gaps=0.5)[:, 0], rng.random(n) < 0.1
    measured = Measurements(space, *every, protocols)
    with TemporaryDirectory() as place:
        write_measurements(measured, Path(place))
        assert_same(read_measurements(Path(place), space), measured)


def test_a_space_is_added_to_a_folder_once(folder: Path, tmp_path: Path) -> None:
    measured = read_measurements(folder, TOY)
    other = replace(measured, space=replace(TOY, name="other"), readings={})
    for one in (measured, other):
        write_measurements(one, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "toy"]
    assert_same(read_measurements(tmp_path, TOY), measured)
    before = (tmp_path / "toy" / "a100.parquet").read_bytes()
    with pytest.raises(OutputExistsError, match="toy exists already"):
        write_measurements(replace(measured, readings={}), tmp_path)
    assert (tmp_path / "toy" / "a100.parquet").read_bytes() == before


@pytest.mark.parametrize(
    ("target", "value", "message"),
    [
        ("latency@a100", 0.0, r"out/toy/a100.parquet: campaign_index 0: latency_ms must hold positive numbers"),
        ("latency@a100", 1e39, r"out/toy/a100.parquet: campaign_index 0: latency_ms must hold positive numbers"),
        ("perplexity", -1.0, "campaign_index 0: perplexity must be positive or missing"),
        ("memory_float16", 1e-50, "campaign_index 0: memory_float16_mb must be a positive number"),
        ("latency@architectures", 1.0, "a device is called 'architectures', as the file of architectures is"),
    ],
)
def test_what_would_be_refused_is_not_written(
    folder: Path, tmp_path: Path, target: str, value: float, message: str
) -> None:
    measured = read_measurements(folder, TOY)
    readings = measured.readings.get(target, measured.readings["latency@a100"]).copy()
    readings[0, 0] = value
    with pytest.raises(InputError, match=message):
        write_measurements(replace(measured, readings={target: readings}), tmp_path / "out")
    assert not (tmp_path / "out" / "toy").exists()


def test_records_whose_arrays_disagree_are_refused(folder: Path) -> None:
    measured = read_measurements(folder, TOY)
    with pytest.raises(InputError, match=r"perplexity_mlp has shape \(3,\), but \d\d architectures need \(\d\d,\)"):
        replace(measured, perplexity_mlp=np.ones(3))
    with pytest.raises(InputError, match=r"readings of latency@a100 have shape \(3, 1\), but \d\d architectures need"):
        replace(measured, readings={"latency@a100": np.ones((3, 1))})
    with pytest.raises(InputError, match="unknown objective 'speed@a100'"):
        replace(measured, readings={"speed@a100": np.ones((len(measured.codes), 1))})


# Fingerprints


def test_fingerprints_are_of_names_and_contents(copy: Path) -> None:
    digest = hashlib.sha256()
    for name in ("architectures", *DEVICES):
        digest.update(f"toy/{name}\n".encode())
        digest.update(hashlib.sha256((copy / "toy" / f"{name}.parquet").read_bytes()).digest())
    assert fingerprint(copy, TOY) == digest.hexdigest()
    (copy / "toy" / "v100.parquet").rename(copy / "toy" / "v101.parquet")
    renamed = fingerprint(copy, TOY)
    (copy / "toy" / "v101.parquet").unlink()
    assert len({digest.hexdigest(), renamed, fingerprint(copy, TOY)}) == 3


@needs_data
@pytest.mark.parametrize("name", ["gpt_s", "gpt_m", "gpt_l"])
def test_the_measurements_are_those_that_artifacts_were_fitted_to(name: str) -> None:
    assert fingerprint(MEASUREMENTS, get_space(name)) == load_benchmark(name).manifest["measurements_sha256"]


# What is refused


@pytest.mark.parametrize(
    ("file", "change_of", "message"),
    [
        ("a100", spoil("latency_ms", float("nan"), repeat=3), "latency_ms must hold positive numbers"),
        ("a100", spoil("latency_ms", -1.0, repeat=3), "latency_ms must hold positive numbers"),
        ("v100", spoil("energy_wh", 0.0, repeat=0), "energy_wh must hold positive numbers"),
        ("v100", spoil("energy_wh", float("inf"), repeat=0), "energy_wh must hold positive numbers"),
        ("v100", spoil("energy_wh", [1.0, 2.0]), "equally many repeats"),
        ("v100", spoil("energy_wh", None, repeat=4), "energy_wh must hold positive numbers"),
        ("v100", lambda table: table.assign(energy_wh=[[None] * 2] * len(table)), "energy_wh holds no measurement"),
        ("v100", lambda table: table.drop(index=3), "has no row here"),
        (
            "v100",
            lambda table: table.drop(columns=["energy_wh", "latency_ms"]),
            "must have a column 'latency_ms' or 'energy_wh'",
        ),
        ("architectures", spoil("perplexity", -2.0), "campaign_index 7: perplexity must be positive or missing"),
        ("architectures", spoil("perplexity_mlp", -1.0), "campaign_index 7: perplexity_mlp must be positive or miss"),
        ("architectures", spoil("memory_float16_mb", float("nan")), "memory_float16_mb must be a positive number"),
        ("architectures", spoil("embed_dim", 65), r"campaign_index 7: .*embed_dim is 65, but 'toy' offers 64, 128"),
        ("architectures", spoil("n_head", [1, 2]), "campaign_index 7: n_head has 2 entries, but n_layer is"),
        ("architectures", spoil("params", 5), "campaign_index 7: params is not what the architecture has"),
        ("architectures", lambda table: table.drop(columns="bias"), "has no column 'bias'"),
    ],
)
def test_bad_measurements_are_refused(
    copy: Path, file: str, change_of: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    change(copy / TOY.name / f"{file}.parquet", change_of)
    with pytest.raises(InputError, match=message) as caught:
        read_measurements(copy, TOY)
    assert f"{file}.parquet" in str(caught.value)


def test_files_that_are_not_measurements_are_refused(copy: Path) -> None:
    place = copy / TOY.name
    (place / "H100.parquet").write_text("nonsense")
    with pytest.raises(InputError, match=r"H100.parquet must be named after a device, in lower-case letters"):
        read_measurements(copy, TOY)
    (place / "H100.parquet").rename(place / "h100.parquet")
    with pytest.raises(InputError, match=r"h100.parquet is not a Parquet file"):
        read_measurements(copy, TOY)
    (place / "architectures.parquet").unlink()
    with pytest.raises(InputError, match=r"architectures.parquet is missing: a measurements folder has"):
        read_measurements(copy, TOY)
