"""Broken and hostile Parquet files: read with the same values, or refused in one line."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import InputError, SearchSpace
from hwbench_mo.fitting import fit_space
from hwbench_mo.measurements import Measurements, fingerprint, read_measurements, write_measurements
from tests.support.hostile import Rng, flip_bit, spoil_bytes, spoil_table
from tests.support.tables import some_rows

SPACE = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(3, 4), mlp_ratio=(2, 4), n_head=(1, 2, 4))
FILES = ["architectures", "a100"]


def measurements() -> Measurements:
    rng, codes = np.random.default_rng(0), some_rows(SPACE, 12, 0)
    n = len(codes)
    readings = {name: rng.uniform(1, 2, (n, 1)) for name in ("perplexity", "memory_float16")}
    readings |= {f"{metric}@a100": rng.uniform(1, 2, (n, 3)) for metric in ("latency", "energy")}
    return Measurements(SPACE, np.arange(n), codes, readings, np.full(n, 20.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("measurements")
    write_measurements(measurements(), place)
    return place


def read(folder: Path) -> Measurements | str:
    """The measurements, or why they are refused."""
    try:
        return read_measurements(folder, SPACE)
    except InputError as error:
        return str(error)


def is_as_written(found: Measurements) -> bool:
    expected = measurements()
    return np.array_equal(found.codes, expected.codes) and all(
        np.array_equal(readings, expected.readings[target].astype(np.float32))
        for target, readings in found.readings.items()
    )


@given(st.sampled_from(FILES), st.integers(0, 2**32))
@settings(deadline=None, max_examples=150)
def test_a_flipped_bit_never_changes_a_value(folder: Path, file: str, seed: int) -> None:
    with TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "copy"))
        flip_bit(copy / "toy" / f"{file}.parquet", np.random.default_rng(seed))
        found = read(copy)
    assert found.count("\n") == 0 if isinstance(found, str) else is_as_written(found)


@given(st.sampled_from(FILES), st.sampled_from([spoil_bytes, spoil_table]), st.integers(0, 2**32))
@settings(deadline=None, max_examples=150)
def test_broken_files_are_read_or_refused_in_a_line(
    folder: Path, file: str, spoil: Callable[[Path, Rng], None], seed: int
) -> None:
    with TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "copy"))
        spoil(copy / "toy" / f"{file}.parquet", np.random.default_rng(seed))
        fingerprint(copy, SPACE)
        found = read(copy)
    assert not isinstance(found, str) or (found.count("\n") == 0 and len(found) < 2500)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("campaign_index", [0.0, 1.5], "column 'campaign_index' holds double, but must hold whole numbers"),
        ("campaign_index", [3, 3], "campaign_index 3 has several rows"),
        ("campaign_index", pa.array([3, None]), "campaign_index is missing in 1 rows"),
        ("embed_dim", ["64", "64"], "column 'embed_dim' holds string, but must hold whole numbers"),
        ("embed_dim", pa.array([64, None]), "campaign_index 1: .*embed_dim is None, but 'toy' offers 64, 128"),
        ("bias", [1, 0], "column 'bias' holds int64, but must hold true or false"),
        (
            "n_head",
            pa.array([None, None], pa.list_(pa.int8())),
            "campaign_index 0: n_head is None, but needs one entry",
        ),
        ("n_head", [[1.0], [2.0]], "column 'n_head' holds list<.*double>, but must hold lists of whole numbers"),
        ("params", [np.nan, np.nan], "campaign_index 0: params is not what the architecture has"),
        ("perplexity", [np.inf, 1.0], "campaign_index 0: perplexity must be positive or missing"),
        ("memory_float16_mb", [True, True], "column 'memory_float16_mb' holds bool, but must hold numbers"),
    ],
)
def test_columns_must_be_of_their_type(folder: Path, tmp_path: Path, column: str, values: object, message: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "toy" / "architectures.parquet"
    table = pq.read_table(path).slice(0, 2).replace_schema_metadata(None)
    pq.write_table(table.set_column(table.column_names.index(column), column, pa.array(values)), path)
    with pytest.raises(InputError, match=rf"architectures.parquet.*{message}"):
        read_measurements(copy, SPACE)


def test_a_file_that_was_changed_is_corrupted_and_one_from_elsewhere_is_not(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "toy" / "a100.parquet"
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["energy_wh"]), path)
    with pytest.raises(InputError, match=r"a100.parquet is corrupted: its columns are not those that its sha256 was"):
        read_measurements(copy, SPACE)
    table.drop_columns(["energy_wh"]).to_pandas().to_parquet(path)
    assert "energy@a100" not in read_measurements(copy, SPACE).readings


def test_few_bytes_that_stand_for_many_rows(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "toy" / "a100.parquet"
    pq.write_table(pa.table({"campaign_index": pa.nulls(20_000_000, pa.int32())}), path)
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"a100.parquet has 20000000 rows, but must have from 1 to 10000000"):
        read_measurements(copy, SPACE)


def test_pipes_and_folders_are_no_files(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    os.mkfifo(copy / "toy" / "h100.parquet")
    with pytest.raises(InputError, match=r"h100.parquet is missing"):
        read_measurements(copy, SPACE)
    with pytest.raises(FileNotFoundError, match=r"h100.parquet"):
        fingerprint(copy, SPACE)
    (copy / "toy" / "h100.parquet").unlink()
    (copy / "toy" / "h100.parquet").mkdir()
    with pytest.raises(InputError, match=r"h100.parquet is missing"):
        read_measurements(copy, SPACE)


def test_names_of_folders_are_not_read_as_columns(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "perplexity=7" / "bias=x" / "copy"))
    assert is_as_written(read_measurements(copy, SPACE))


def test_a_folder_without_rows_or_targets(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "toy" / "architectures.parquet"
    table = pd.read_parquet(path)
    table.drop(columns=["perplexity", "memory_float16_mb"]).to_parquet(path)
    (copy / "toy" / "a100.parquet").unlink()
    with pytest.raises(InputError, match="toy: nothing was measured"):
        fit_space(read_measurements(copy, SPACE))
    table.head(0).to_parquet(path)
    with pytest.raises(InputError, match=r"architectures.parquet has 0 rows"):
        read_measurements(copy, SPACE)
