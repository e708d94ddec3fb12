"""Import of the authors' measurements: out of a deleted past, value by value, and nothing of it is executed."""

import os
import pickle
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hwbench_mo import InputError
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.measurements import read_measurements
from hwbench_mo.measurements.upstream import git_history
from hwbench_mo.measurements.upstream.campaign import FOLDERS, GPUS, SUFFIXES
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.spaces import get_space
from hwbench_mo.targets import PUBLISHED
from tests.support.spaces import MEASUREMENTS
from tests.support.upstream import (
    A40,
    HELIX,
    MEMORY,
    P100,
    V100_ENERGY,
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
@pytest.mark.parametrize("file", ["architectures", *PUBLISHED])
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
