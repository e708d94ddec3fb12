"""Fitting: tables are recovered from measurements of them, of whatever was measured, and artifacts are reproduced."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import SearchSpace
from hwbench_mo.fitting import command, fit_folder, fit_space
from hwbench_mo.measurements import Measurements, read_measurements
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.measured import random_models, write_random
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
    write_random(place, SPACE, truth, n=1500)
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
