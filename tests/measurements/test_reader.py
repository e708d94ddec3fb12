"""What a folder of measurements may hold: gaps, devices of any name, several rows of an architecture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements import read_measurements, write_measurements
from hwbench_mo.targets import PUBLISHED
from tests.support.measured import TOY, assert_same, change, spoil


def test_missing_repeats_are_left_out(folder: Path) -> None:
    measured = read_measurements(folder, TOY)
    repeats = measured.readings["latency@epyc_7513"]
    assert np.isfinite(repeats[:, 0]).all()
    assert np.isnan(repeats[:, 1:]).all()
    assert measured.centre("latency@epyc_7513") == pytest.approx(repeats[:, 0])
    assert np.isnan(measured.centre("perplexity")).any()


def test_devices_are_those_that_the_folder_has(copy: Path) -> None:
    place = copy / TOY.name
    whole = read_measurements(copy, TOY)
    for device in PUBLISHED[2:]:
        (place / f"{device}.parquet").unlink()
    (place / "a40.parquet").rename(place / "my_phone.parquet")
    (place / ".my_phone.parquet").write_text("not a device")
    change(place / "a100.parquet", lambda table: table.drop(columns="energy_wh").sample(frac=1, random_state=0))
    change(place / "architectures.parquet", lambda table: table.drop(columns=["perplexity", "memory_float16_mb"]))
    measured = read_measurements(copy, TOY)
    assert measured.devices == ["a100", "my_phone"]
    names = {"accuracy", "memory_bfloat16", "latency@a100", "latency@my_phone", "energy@my_phone"}
    assert measured.readings.keys() == names
    renamed = {name: whole.readings[name.replace("my_phone", "a40")] for name in names}
    assert_same(measured, replace(whole, readings=renamed))
    assert np.isnan(measured.centre("perplexity")).all()


def test_a_row_may_lack_a_metric_and_an_architecture_may_have_several_rows(copy: Path) -> None:
    place = copy / TOY.name
    change(place / "v100.parquet", spoil("energy_wh", [None] * 10))
    change(place / "a100.parquet", lambda table: table.assign(peak_memory_mb=np.where(table.index == 3, np.nan, 5.0)))
    change(place / "architectures.parquet", lambda table: table.assign(held_out=table.index < 6))

    def repeat(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table, table[table.campaign_index == 2].assign(campaign_index=1000)])

    for path in place.glob("*.parquet"):
        change(path, repeat)
    measured = read_measurements(copy, TOY)
    centre = measured.centre("energy@v100")
    assert np.flatnonzero(np.isnan(centre)).tolist() == [7]
    assert np.flatnonzero(np.isnan(measured.centre("peak_memory@a100"))).tolist() == [3]
    assert np.flatnonzero(measured.held_out).tolist() == [0, 1, 2, 3, 4, 5, len(centre) - 1]
    np.testing.assert_array_equal(measured.codes[2], measured.codes[-1])
    assert measured.campaign_index[-1] == 1000


def test_a_protocol_that_was_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    measured = read_measurements(folder, TOY)
    measured = replace(measured, protocols={"a100": {"batch": 8}})
    write_measurements(measured, tmp_path)
    path = tmp_path / TOY.name / "a100.parquet"
    table = pq.read_table(path)
    spoilt = [
        ({b"protocol": b'{"batch": 9}'}, "a100.parquet is corrupted: its protocol is not the one that its sha256"),
        ({b"protocol": b"[8]", b"protocol_sha256": None}, "protocol in the file's metadata must be a JSON object"),
    ]
    for entries, message in spoilt:
        metadata = {key: value for key, value in (table.schema.metadata | entries).items() if value is not None}
        pq.write_table(table.replace_schema_metadata(metadata), path)
        with pytest.raises(InputError, match=message):
            read_measurements(tmp_path, TOY)
