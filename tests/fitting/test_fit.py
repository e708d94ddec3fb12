"""Fitting: tables are recovered from measurements of them, of whatever was measured, and artifacts are reproduced."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError, SearchSpace, load_benchmark, make_problem
from hwbench_mo.command_line import Parser
from hwbench_mo.fitting import command, fit_folder, fit_space
from hwbench_mo.measurements import Measurements, read_measurements, write_measurements
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.coding import N_LAYER
from hwbench_mo.surrogates import AdditiveModel
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import QUALITY
from tests.support.measured import random_models, write_random
from tests.support.spaces import MEASUREMENTS, random_model

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
    names = ("latency@a100", "energy@xeon_gold", "memory_float16", "accuracy", "perplexity")
    bench = fit_space(some(measured, *names))
    codes = SPACE.sample(300, np.random.default_rng(5))
    for name in names:
        expected = Kernel(SPACE, [truth[name]])(codes)[:, 0]
        assert bench.predict(codes, name).median == pytest.approx(expected, rel=0.02), name
    # Multiplicative noise of 1 %, and one warm-up in ten: most of the mass is where it was put.
    width = np.diff(bench.predict(codes, "latency@a100").quantile([0.25, 0.75]))[:, 0]
    assert width / bench.predict(codes, "latency@a100").median == pytest.approx(2 * 0.6745 * 0.01, rel=0.4)


def some(measured: Measurements, *targets: str, rows: slice = slice(None)) -> Measurements:
    """A few targets of a few rows."""
    kept = np.zeros(len(measured.codes), dtype=bool)
    kept[rows] = True
    return replace(measured, readings={target: measured.readings[target] for target in targets}).take(kept)


@pytest.mark.parametrize(
    "targets",
    [["latency@a100"], ["memory_float16", "energy@h100"], ["perplexity"], ["accuracy"], ["perplexity", "latency@a40"]],
)
def test_targets_that_were_measured_are_fitted_and_no_others(measured: Measurements, targets: list[str]) -> None:
    part = some(measured, *targets, rows=slice(0, 600))
    bench = fit_space(part)
    assert set(bench.targets) == {*targets, "params", "macs", "flops"}
    assert set(bench.support) == {"quality" if name in QUALITY else "hardware" for name in targets}
    codes = SPACE.sample(100, np.random.default_rng(5))
    whole = fit_space(some(measured, "perplexity", "accuracy", *targets, rows=slice(0, 600)))
    for name in targets:
        mine, other = (one.predict(codes, name) for one in (bench, whole))
        if name not in QUALITY:  # each by itself; quality is known of the rows in which all of it was measured
            assert (mine.median == other.median).all()
            assert (mine.sample(seed=0) == other.sample(seed=0)).all()
        assert mine.median == pytest.approx(other.median, rel=0.01)


def test_a_folder_of_one_space_and_one_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    space, rng = get_space("gpt_m"), np.random.default_rng(0)
    codes = space.sample(500, rng)
    truth = random_model(space, rng)
    latency = Kernel(space, [truth])(codes) * rng.lognormal(0, 0.01, (500, 3))
    perplexity = rng.uniform(20, 30, (500, 1))
    readings = {"latency@my_phone": latency, "perplexity": perplexity}
    write_measurements(Measurements(space, np.arange(500), codes, readings, np.full(500, np.nan)), tmp_path / "folder")
    assert fitted_to(tmp_path / "folder", tmp_path / "out") == 0
    printed = capsys.readouterr()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["gpt_m.json", "gpt_m.npz"]
    assert printed.out.count("gpt_m.") == 2
    lacks = "gpt_m: perplexity was measured of 500 architectures only, and perplexity_mlp is missing: the fit lacks"
    assert re.fullmatch(rf"warning: {lacks} .*\n", printed.err)
    bench = load_benchmark("gpt_m", artifacts=tmp_path / "out")
    assert bench.targets == ("perplexity", "latency@my_phone", "params", "macs", "flops")
    assert list(bench.devices) == ["my_phone"]
    p = bench.predict(codes, "latency@my_phone")
    assert p.median == pytest.approx(Kernel(space, [truth])(codes)[:, 0], rel=0.02)
    assert (p.support > 0).any()
    assert np.isfinite(p.standard_error).all()
    problem = make_problem(bench, ["perplexity", "latency@my_phone"])
    assert len(problem.pareto_front().codes) > 1
    with pytest.raises(InputError, match="unknown device in 'latency@a100': 'a100'; valid, nearest first: my_phone"):
        bench.predict(codes, "latency@a100")


def test_too_little_is_refused_in_a_line(measured: Measurements) -> None:
    for part, message in (
        (some(measured), "toy: nothing was measured: there is neither a file of a device nor a perplexity"),
        (some(measured, "latency@a100", rows=slice(0, 20)), "toy: every second row with measurements holds \\d arch"),
        (
            some(measured, "perplexity", rows=slice(0, 20)),
            "toy: every second row with perplexity holds \\d arch",
        ),
    ):
        with pytest.raises(InputError, match=message):
            fit_space(part)
    deep = some(measured, "latency@a100").take(measured.codes[:, N_LAYER] == 1)
    with pytest.raises(InputError, match=r"toy: \d+ architectures of embed_dim 64 are too few or too alike to tell"):
        fit_space(deep)


def test_held_out_rows_and_rows_that_were_not_measured_do_not_count(measured: Measurements) -> None:
    part = some(measured, "perplexity", "latency@a100", "energy@a100", rows=slice(0, 600))
    n = len(part.codes)
    spoilt = {**part.readings, "perplexity": part.readings["perplexity"].copy()}
    held_out = np.arange(n) % 10 == 0
    spoilt["perplexity"][held_out] *= 100
    spoilt["latency@a100"] = np.where(held_out[:, None], 100.0, 1.0) * part.readings["latency@a100"]
    lacking = np.arange(n) % 7 == 0
    spoilt["energy@a100"] = np.where(lacking[:, None], np.nan, part.readings["energy@a100"])
    bench = fit_space(replace(part, readings=spoilt, held_out=held_out))
    expected = fit_space(part.take(~held_out))
    codes = SPACE.sample(100, np.random.default_rng(5))
    for name in ("perplexity", "latency@a100"):
        assert (bench.predict(codes, name).median == expected.predict(codes, name).median).all()
    assert bench.predict(codes, "energy@a100").median == pytest.approx(
        expected.predict(codes, "energy@a100").median, rel=0.01
    )


def fitted_to(measurements: Path, out: Path) -> int:
    """What the command answers."""
    parser = Parser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(measurements), str(out)]))


def test_the_command_line_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert fitted_to(tmp_path / "nowhere", out) == 2
    assert "error: " in (error := capsys.readouterr().err)
    assert "gpt_s/architectures.parquet is missing, and so are those of the other spaces" in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    out.mkdir()
    space = get_space("gpt_s")
    write_random(tmp_path / "measured", space, random_models(space), n=20)
    assert fitted_to(tmp_path / "measured", out) == 2
    assert "exists already" in capsys.readouterr().err
    assert list(out.iterdir()) == []


@needs_data
@pytest.mark.slow
def test_shipped_artifacts_are_reproduced_bit_for_bit(tmp_path: Path) -> None:
    """Tables to the last bit; manifests but for the version that wrote them, and their own checksum."""
    written = fit_folder(MEASUREMENTS, tmp_path / "out")
    assert [path.name for path in written] == sorted(path.name for path in SHIPPED.glob("gpt_?.*"))
    for path in written:
        if path.suffix == ".json":
            own, shipped = (json.loads(one.read_text()) for one in (path, SHIPPED / path.name))
            for manifest in (own, shipped):
                del manifest["versions"]["hwbench_mo"], manifest["manifest_sha256"]
            assert own == shipped, path.name
        else:
            assert path.read_bytes() == (SHIPPED / path.name).read_bytes(), path.name
