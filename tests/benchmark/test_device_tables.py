"""Tables of devices of one's own beside a benchmark's: found, named, and refused in one line."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError, SearchSpace, load_benchmark, make_problem
from hwbench_mo.benchmark.benchmark import Benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.artifact import SHIPPED
from hwbench_mo.surrogates.device_file import write_device
from tests.support.device import contents, fitted_once

OBJECTIVES = ["perplexity", "latency@my_gpu"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of ``my_gpu`` on gpt_s, and on gpt_m with another batch."""
    return fitted_once(tmp_path_factory)


def load(space: str, *paths: Path) -> Benchmark:
    return load_benchmark(space, devices=[str(path) for path in paths])


def test_a_device_of_ones_own_stands_beside_the_others(tables: Path) -> None:
    bench, shipped = load("gpt_s", tables), load_benchmark("gpt_s")
    assert list(bench.devices) == [*shipped.devices, "my_gpu"]
    assert set(bench.targets) - set(shipped.targets) == {"latency@my_gpu", "energy@my_gpu", "peak_memory@my_gpu"}
    assert bench is load_benchmark("gpt_s", devices=tables)  # read once, and its fronts with it
    codes = bench.space.sample(50, np.random.default_rng(0))
    for target in ("latency@my_gpu", "energy@my_gpu", "peak_memory@my_gpu"):
        p = bench.predict(codes, target)
        assert np.isfinite(p.standard_error).all()
        assert (p.support > 0).any()
        assert (p.quantile(0.9) >= p.median).all()
    for target in ("perplexity", "latency@h100"):
        assert (bench.predict(codes, target).median == shipped.predict(codes, target).median).all()
        assert (bench.predict(codes, target).support == shipped.predict(codes, target).support).all()
    assert bench.manifest["sha256"] == shipped.manifest["sha256"]
    assert repr(bench) == "Benchmark('gpt_s', 36 targets)"
    assert repr(load("gpt_m", tables)) == "Benchmark('gpt_m', 36 targets, my_gpu: batch 1, sequence 256)"
    assert load("gpt_m", tables).devices["my_gpu"].dtype == "bfloat16"


def test_problems_have_exact_fronts_on_it(tables: Path) -> None:
    problem = make_problem("gpt_s", OBJECTIVES, devices=tables)
    assert len(problem.pareto_front().values) > 10
    assert problem.name == "gpt_s-perplexity-latency@my_gpu"
    assert problem.passes == ""
    assert make_problem("gpt_m", OBJECTIVES, devices=[tables]).passes == "my_gpu: batch 1, sequence 256"
    mine = SearchSpace(name="mine", embed_dim=(192,), n_layer=(10,), mlp_ratio=(2, 4), n_head=(4, 8), batch_size=8)
    small = make_problem(load("gpt_s", tables).restrict(mine), ["latency@my_gpu", "perplexity"])
    assert len(small.pareto_front().values) > 5


def test_a_file_can_be_sent_to_a_colleague(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    sent = shutil.copy(tables / "gpt_s-my_gpu.zip", tmp_path / "theirs")
    for path in (Path(sent), tmp_path / "theirs"):
        assert "my_gpu" in load("gpt_s", path).devices


def test_names_that_are_taken_are_refused(tables: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tables, tmp_path / "copy"))
    with pytest.raises(InputError, match=r"copy/gpt_s-my_gpu\.zip: device 'my_gpu' is one of .*gpt_s-my_gpu\.zip alr"):
        load("gpt_s", tables, copy)
    assert "my_gpu" in load("gpt_s", tables, tables).devices  # the same file twice
    with pytest.raises(
        InputError, match=r"device 'a100' is one of the benchmark of 'gpt_s' already; rename a100\.parq"
    ):
        load("gpt_s", write_device(get_space("gpt_s"), "a100", contents("a100"), tmp_path))


def test_what_is_not_there_is_said_in_a_line(tables: Path, tmp_path: Path) -> None:
    shutil.copy(tables / "gpt_s-my_gpu.zip", tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "raw" / "gpt_s").mkdir(parents=True)
    (tmp_path / "raw" / "gpt_s" / "architectures.parquet").touch()
    for space, path, message in (
        ("gpt_m", tmp_path, "holds no device tables of 'gpt_m'; it has those of gpt_s"),
        ("gpt_m", tables / "gpt_s-my_gpu.zip", "holds tables of space 'gpt_s', but those of 'gpt_m' are asked for"),
        ("gpt_s", tmp_path / "empty", "holds no device tables of 'gpt_s'; hwbench-mo fit makes them"),
        ("gpt_s", tmp_path / "raw", "it holds measurements: hwbench-mo fit .*raw OUT"),
        ("gpt_s", tmp_path / "nowhere", "nowhere: there is no such file or folder"),
    ):
        with pytest.raises(InputError, match=message) as raised:
            load(space, path)
        assert "\n" not in str(raised.value)
    copy = Path(shutil.copytree(SHIPPED, tmp_path / "artifacts"))
    for path in copy.glob("*.zip"):
        path.unlink()
    with pytest.raises(InputError, match="it holds artifacts: name them as artifacts="):
        load("gpt_s", copy)
    with pytest.raises(InputError, match="devices are 3, but must be a folder of device tables"):
        load_benchmark("gpt_s", devices=3)  # type: ignore[call-overload]
    with pytest.raises(InputError, match=r"table is '.*' and devices are '.*', but one answers"):
        load_benchmark("gpt_s", table=tmp_path, devices=tables)  # type: ignore[call-overload]
    with pytest.raises(InputError, match=r"devices is '.*', but needs a space by name"):
        make_problem(load_benchmark("gpt_s"), OBJECTIVES, devices=tables)


def test_errors_name_the_devices_that_are_loaded(tables: Path) -> None:
    with pytest.raises(InputError, match="'latency@my_gpuu': 'my_gpuu'; valid, nearest first: my_gpu,"):
        make_problem("gpt_s", ["latency@my_gpuu"], devices=tables)
    with pytest.raises(InputError, match=r"'latency' needs a device, such as latency@a100; devices: a100, .*my_gpu"):
        make_problem("gpt_s", ["latency"], devices=tables)
    with pytest.raises(InputError, match="unknown device in 'latency@my_gpu': 'my_gpu'"):
        make_problem("gpt_s", OBJECTIVES)
