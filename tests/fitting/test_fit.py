"""Fitting: tables are recovered from data made of them, bad measurements are refused, and artifacts are reproduced."""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hwbench_mo import InputError, SearchSpace
from hwbench_mo.fitting import command, fit_folder, fit_space
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.measured import random_models, write_measurements
from tests.support.spaces import MEASUREMENTS

SPACE = SearchSpace(name="toy", embed_dim=(64, 128), n_layer=(3, 4), mlp_ratio=(2, 4), n_head=(1, 2, 4))
needs_data = pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")


@pytest.fixture(scope="module")
def truth() -> dict[str, AdditiveModel]:
    return random_models(SPACE)


@pytest.fixture(scope="module")
def folder(truth: dict[str, AdditiveModel], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Measurements of a space of our own, made of known tables, with noise, outliers and missing repeats."""
    place = tmp_path_factory.mktemp("measurements")
    write_measurements(place, SPACE, truth, n=1500)
    return place


@pytest.fixture(scope="module")
def measured(folder: Path) -> Measurements:
    return read_measurements(folder, SPACE)


def test_tables_are_recovered(measured: Measurements, truth: dict[str, Any]) -> None:
    bench = fit_space(measured)
    codes = SPACE.sample(300, np.random.default_rng(5))
    for name in ("latency@a100", "energy@xeon_gold", "memory_float16", "accuracy", "perplexity"):
        expected = Kernel(SPACE, [truth[name]])(codes)[:, 0]
        assert bench.predict(codes, name).median == pytest.approx(expected, rel=0.02), name
    # Multiplicative noise of 1 %, and one warm-up in ten: most of the mass is where it was put.
    width = np.diff(bench.predict(codes, "latency@a100").quantile([0.25, 0.75]))[:, 0]
    assert width / bench.predict(codes, "latency@a100").median == pytest.approx(2 * 0.6745 * 0.01, rel=0.4)


def test_missing_repeats_are_left_out(measured: Measurements) -> None:
    repeats = measured.readings["latency@epyc_7513"]
    assert np.isfinite(repeats[:, 0]).all()
    assert np.isnan(repeats[:, 1:]).all()
    assert measured.centre("latency@epyc_7513") == pytest.approx(repeats[:, 0])
    assert np.isnan(measured.centre("perplexity")).any()


def _spoil(
    column: str, value: Any, *, row: int = 7, repeat: int | None = None
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        entries = table[column].tolist()
        entries[row] = value if repeat is None else [value if i == repeat else x for i, x in enumerate(entries[row])]
        return table.assign(**{column: entries})

    return spoil


@pytest.mark.parametrize(
    ("file", "spoil", "message"),
    [
        ("a100", _spoil("latency_ms", float("nan"), repeat=3), "latency_ms must hold positive numbers"),
        ("a100", _spoil("latency_ms", -1.0, repeat=3), "latency_ms must hold positive numbers"),
        ("v100", _spoil("energy_wh", 0.0, repeat=0), "energy_wh must hold positive numbers"),
        ("v100", _spoil("energy_wh", float("inf"), repeat=0), "energy_wh must hold positive numbers"),
        ("v100", _spoil("energy_wh", [1.0, 2.0]), "equally many repeats"),
        ("v100", _spoil("energy_wh", [None] * 10), "energy_wh must hold positive numbers"),
        ("v100", lambda table: table.assign(energy_wh=[[None] * 2] * len(table)), "energy_wh holds no measurement"),
        ("v100", lambda table: table.drop(index=3), "has no row here"),
        ("v100", lambda table: table.drop(columns="energy_wh"), "has no column 'energy_wh'"),
        ("architectures", _spoil("perplexity", -2.0), "campaign_index 7: perplexity must be positive or missing"),
        ("architectures", _spoil("memory_float16_mb", float("nan")), "memory_float16_mb must be a positive number"),
        ("architectures", _spoil("embed_dim", 65), r"campaign_index 7: .*embed_dim is 65, but 'toy' offers 64, 128"),
        ("architectures", _spoil("n_head", [1, 2]), "campaign_index 7: n_head has 2 entries, but n_layer is"),
        ("architectures", _spoil("params", 5), "campaign_index 7: params is not what the architecture has"),
    ],
)
def test_bad_measurements_are_refused(
    folder: Path, tmp_path: Path, file: str, spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / SPACE.name / f"{file}.parquet"
    spoil(pd.read_parquet(path)).to_parquet(path)
    with pytest.raises(InputError, match=message) as caught:
        read_measurements(copy, SPACE)
    assert f"{file}.parquet" in str(caught.value)


def test_a_folder_without_a_device_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / SPACE.name / "h100.parquet").unlink()
    with pytest.raises(InputError, match=r"h100.parquet is missing: a measurements folder has"):
        read_measurements(copy, SPACE)
    (copy / SPACE.name / "h100.parquet").write_text("nonsense")
    with pytest.raises(InputError, match=r"h100.parquet is not a Parquet file"):
        read_measurements(copy, SPACE)


def fitted_to(measurements: Path, out: Path) -> int:
    """What the command answers."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(measurements), str(out)]))


def test_the_command_line_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert fitted_to(tmp_path / "nowhere", out) == 2
    assert "error: " in (error := capsys.readouterr().err)
    assert "architectures.parquet is missing" in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    out.mkdir()
    assert fitted_to(MEASUREMENTS, out) == 2
    assert "exists already" in capsys.readouterr().err
    assert list(out.iterdir()) == []


@needs_data
@pytest.mark.slow
def test_shipped_artifacts_are_reproduced_bit_for_bit(tmp_path: Path) -> None:
    written = fit_folder(MEASUREMENTS, tmp_path / "out")
    assert [path.name for path in written] == sorted(path.name for path in SHIPPED.iterdir())
    for path in written:
        assert path.read_bytes() == (SHIPPED / path.name).read_bytes(), path.name
