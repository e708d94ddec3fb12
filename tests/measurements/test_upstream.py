"""Import of the authors' measurements: out of a deleted past, value by value, and nothing of it is executed."""

import os
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hwbench_mo import DEVICES, InputError
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.measurements import read_measurements
from hwbench_mo.measurements.upstream import git_history
from hwbench_mo.measurements.upstream.campaign import FOLDERS, GPUS, SUFFIXES
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.spaces import get_space
from tests.support.spaces import MEASUREMENTS
from tests.support.upstream import (
    A40,
    HELIX,
    MEMORY,
    P100,
    PERPLEXITY,
    V100_ENERGY,
    Files,
    N,
    Trap,
    architectures,
    campaign,
    git,
    imported_to,
    repository,
    value,
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three spaces. At first some files lay elsewhere and held other values; an array and an older protocol occur."""
    folder = tmp_path_factory.mktemp("upstream") / "clone"
    files = {path: content for name in SUFFIXES for path, content in campaign(get_space(name)).items()}
    older = campaign(get_space("gpt_s"), scale=2.0)
    files[P100] = [row | {"times_profiler_gpu": np.array(row["times_profiler_gpu"])} for row in files[P100]]
    files[A40] = pickle.dumps(files[A40], protocol=2)
    files[V100_ENERGY] = [*files[V100_ENERGY], files[V100_ENERGY][0] | {"energy_gpu": [9.0] * 50}]  # measured again
    files["data_collection/raw_results_hw/latency_a6000/efficiency_energy_observations_0_2500.pkl"] = b"not read"
    files["data_collection/raw_results_hw/latency_cpu_p100/efficiency_observations_0_2500.pkl"] = b"not read"
    moved = {path.removeprefix("data_collection/"): content for path, content in older.items()}
    return repository(folder, moved, files)


@pytest.fixture(scope="module")
def imported(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("imported") / "measurements"
    assert imported_to(clone, out) == 0
    return out


@pytest.mark.parametrize("name", list(SUFFIXES))
def test_values_arrive_in_our_units(imported: Path, name: str) -> None:
    space = get_space(name)
    measured = read_measurements(imported, space)
    assert space.decode(measured.codes) == architectures(space)
    assert measured.campaign_index.tolist() == [0, 1, 2, 3, 2500, 2501]
    for d, device in enumerate(FOLDERS):
        gpu = device in GPUS
        times = measured.readings[f"latency@{device}"]
        expected = [[value(d, i, r) * (1 if gpu else 1000) for r in range(10)] for i in range(N)]
        if (device, name) == ("epyc_7513", "gpt_s"):
            assert np.isnan(times[:, 1:]).all()
            times, expected = times[:, :1], [row[:1] for row in expected]
        np.testing.assert_array_equal(times, np.array(expected, dtype=np.float32))
        energies = [[value(d, i, r) for r in range(50 if gpu else 1)] for i in range(N)]
        np.testing.assert_array_equal(measured.readings[f"energy@{device}"], energies)
    np.testing.assert_array_equal(measured.readings["memory_bfloat16"][:, 0], [100 * value(0, i) for i in range(N)])
    np.testing.assert_array_equal(measured.readings["memory_float16"][:, 0], [100 * value(1, i) for i in range(N)])
    missing = [np.nan, np.nan]
    np.testing.assert_array_equal(measured.readings["perplexity"][:, 0], [20, 20.25, 20.5, 20.75, *missing])
    np.testing.assert_array_equal(measured.readings["accuracy"][:, 0], [0.25, 17 / 64, 18 / 64, 19 / 64, *missing])
    assert np.isnan(measured.perplexity_mlp).all()


def test_the_source_stands_in_the_files(imported: Path) -> None:
    metadata = pq.read_schema(imported / "gpt_s" / "p100.parquet").metadata[b"sources"].decode()
    assert re.search(rf'"[0-9a-f]{{12}}:{P100}"', metadata)
    assert metadata.count("pkl") == 4


@pytest.mark.skipif(not MEASUREMENTS.is_dir(), reason=f"no measurements at {MEASUREMENTS}")
@pytest.mark.parametrize("file", ["architectures", *DEVICES])
def test_the_form_is_that_of_the_measurements(imported: Path, file: str) -> None:
    ours, theirs = (pq.read_schema(folder / "gpt_s" / f"{file}.parquet") for folder in (imported, MEASUREMENTS))
    assert {field.name: field.type for field in ours} == {field.name: field.type for field in theirs}


@pytest.mark.parametrize("form", ["git folder", "bare"])
def test_any_form_of_a_repository_will_do(clone: Path, tmp_path: Path, form: str) -> None:
    if form == "bare":
        git(tmp_path, "clone", "--quiet", "--bare", str(clone), "bare.git")
    source = tmp_path / "bare.git" if form == "bare" else clone / ".git"
    assert [(one.space, one.written, one.left_out) for one in import_upstream(source, tmp_path / "out")] == [
        (name, N, 0) for name in SUFFIXES
    ]


def test_what_a_device_lacks_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = campaign(get_space("gpt_s"))
    del files[P100][1]
    del files[MEMORY][5]
    clone, out = repository(tmp_path / "clone", files), tmp_path / "out"
    assert imported_to(clone, out) == 0
    assert (
        capsys.readouterr().out
        == f"{out}/gpt_s: 4 architectures; 2 left out, which were not measured on every device\n"
    )
    assert read_measurements(out, get_space("gpt_s")).campaign_index.tolist() == [0, 2, 3, 2500]
    assert [path.name for path in out.iterdir()] == ["gpt_s"]  # the history holds no file of the others


def _record(path: str, i: int = 2, **entries: object) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        files[path][i] = files[path][i] | entries

    return spoil


def _arch(path: str, **entries: object) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        files[path][2] = files[path][2] | {"arch": files[path][2]["arch"] | entries}

    return spoil


def _file(path: str, content: object) -> Callable[[Files], None]:
    return lambda files: files.update({path: content})


def _without(path: str, key: str) -> Callable[[Files], None]:
    return lambda files: files[path][2].pop(key)


def _drop(part: str) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        for path in [path for path in files if part in path]:
            del files[path]

    return spoil


def _wrong_counts(files: Files) -> None:
    for path, records in files.items():
        if "efficiency_observations" in path and "latency" in path and "_0_" in path:
            records[2]["params"] += 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            _record(P100, unit_gpu=["fortnight"] * 10),
            r"latency_P100/.*: record 2: unit_gpu is 'fortnight', but must be",
        ),
        (_record(P100, unit_gpu=["ms"]), "10 times need as many units"),
        (_record(P100, times_profiler_gpu=[0.0]), "times_profiler_gpu holds 0.0, but must hold positive numbers"),
        (_record(P100, times_profiler_gpu=[float("nan")]), "times_profiler_gpu holds nan"),
        (_record(P100, times_profiler_gpu=[]), "times_profiler_gpu is empty"),
        (_record(P100, times_profiler_gpu=["1"]), "times_profiler_gpu holds '1'"),
        (_record(V100_ENERGY, unit_energy="J"), "unit_energy is 'J', but must be of KWh, kWh, Wh"),
        (_record(HELIX, unit_energy="KWh"), "unit_energy is 'KWh', but must be of Wh"),
        (_record(MEMORY, mean_mem=[1.0, 2.0]), "mean_mem holds 2 numbers, but must hold one"),
        (_record(PERPLEXITY, perplexity=-1.0), "perplexity holds -1.0"),
        (_without(PERPLEXITY, "accuracy"), "record 2 has no 'accuracy', only"),
        (_without(P100, "arch"), "record 2 has no 'arch', only"),
        (_arch(P100, sample_embed_dim=100), "record 2: .*embed_dim is 100, but 'gpt_s' offers 192, 384, 768"),
        (_arch(P100, sample_n_head=[4, 4]), r"record 2: n_head has 2 entries, but n_layer is \d+"),
        (_arch(P100, sample_n_head=4), "record 2: sample_n_head is 4, but must be a list"),
        (_arch(V100_ENERGY, sample_mlp_ratio=[2] * 12), "v100/.*: campaign_index 2 is an architecture that the other"),
        (_file(P100, {"arch": 1}), r"P100/.* holds \{'arch': 1\}, but must hold a list"),
        (_file(P100, [1]), "P100/.*: record 0 is 1, but must be a dict"),
        (_drop("latency_P100/"), "has no file latency_P100/efficiency_observations_START_END.pkl in its history"),
        (_drop("latency_v100/efficiency_energy"), "no file latency_v100/efficiency_energy_observations_tracker_START"),
        (_drop("mem_a100"), "no file mem_a100/efficiency_observations_START_END.pkl"),
        (_drop("arch_ppl"), "no file arch_ppl_bench_s/ppl_observations_tracker_START_END.pkl"),
        (_drop("latency_"), "no file latency_a100/efficiency_observations_START_END.pkl"),
        (_wrong_counts, "campaign_index 2: params, macs, flops are not what the architecture has"),
        (
            _record(P100, times_profiler_gpu=[1.0, 2.0], unit_gpu="ms"),
            "gpt_s/p100.parquet: campaign_index 2: latency_ms",
        ),
    ],
)
def test_what_is_not_as_described_is_refused_and_nothing_is_left_behind(
    tmp_path: Path, spoil: Callable[[Files], None], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = campaign(get_space("gpt_s"))
    spoil(files)
    clone = repository(tmp_path / "clone", files)
    assert imported_to(clone, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert re.search(message, error), error
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["clone"]


def test_a_single_devices_wrong_counts_do_not_matter(tmp_path: Path) -> None:
    files = campaign(get_space("gpt_s"))
    _record("data_collection/raw_results_hw/latency_a100/efficiency_observations_0_2500.pkl", flops=1)(files)
    assert import_upstream(repository(tmp_path / "clone", files), tmp_path / "out")[0].written == N


def test_bias_may_be_text(tmp_path: Path) -> None:
    files = campaign(get_space("gpt_s"))
    for row in files[P100]:
        row["arch"]["sample_bias"] = str(row["arch"]["sample_bias"])
    assert import_upstream(repository(tmp_path / "clone", files), tmp_path / "out")[0].left_out == 0


def test_an_existing_folder_is_not_touched(clone: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputExistsError, match="exists already"):
        import_upstream(clone, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inside", ["a folder", "a repository"])
def test_a_folder_that_is_not_a_repository(tmp_path: Path, inside: str, capsys: pytest.CaptureFixture[str]) -> None:
    if inside == "a repository":  # which is not what was named
        git(tmp_path, "init", "--quiet")
    (tmp_path / "plain").mkdir()
    assert imported_to(tmp_path / "plain", tmp_path / "out") == 2
    assert "plain is not a git repository; name a work tree" in capsys.readouterr().err
    assert imported_to(tmp_path / "nowhere", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def test_a_clone_without_contents_is_refused_and_fetches_nothing(clone: Path, tmp_path: Path) -> None:
    git(clone, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{clone}", "partial")
    trap = f"touch {tmp_path}/fetched; false"
    git(tmp_path / "partial", "config", "remote.origin.url", f"ext::sh -c '{trap}'")
    git(tmp_path / "partial", "config", "protocol.ext.allow", "always")
    with pytest.raises(InputError, match="clone the repository whole, without --filter"):
        import_upstream(tmp_path / "partial", tmp_path / "out")
    assert not (tmp_path / "fetched").exists()


def test_a_file_that_is_too_large_is_refused(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_history, "MAX_BYTES", 10)
    with pytest.raises(InputError, match=r"pkl has \d+ bytes, but files have 10 at most"):
        import_upstream(clone, tmp_path / "out")


@pytest.mark.parametrize(("answer", "refused"), [(None, False), (20.0, False), (-1.0, True)])
def test_the_authors_answers_may_be_missing(
    imported: Path, tmp_path: Path, answer: float | None, refused: bool
) -> None:
    shutil.copytree(imported / "gpt_s", tmp_path / "gpt_s")
    path = tmp_path / "gpt_s" / "architectures.parquet"
    table = pd.read_parquet(path).drop(columns="perplexity_mlp")
    if answer is not None:
        table["perplexity_mlp"] = [answer, *[np.nan] * (N - 1)]
    table.to_parquet(path)
    if refused:
        with pytest.raises(InputError, match="campaign_index 0: perplexity_mlp must be positive or missing"):
            read_measurements(tmp_path, get_space("gpt_s"))
    else:
        assert np.isfinite(read_measurements(tmp_path, get_space("gpt_s")).perplexity_mlp).sum() == bool(answer)


def test_a_hostile_pickle_in_the_history_is_refused_and_not_executed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trapped = tmp_path / "trapped"
    trap = pickle.dumps(Trap(os.system, f"touch {trapped}"))
    pickle.loads(trap)
    assert trapped.exists()  # it is a trap
    trapped.unlink()
    clone = repository(tmp_path / "clone", campaign(get_space("gpt_s")) | {HELIX: trap})
    assert imported_to(clone, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert re.fullmatch(
        rf"error: [0-9a-f]{{12}}:{HELIX}: refused, because the pickle asks for '.*system'; only .*\n", error
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clone"]
