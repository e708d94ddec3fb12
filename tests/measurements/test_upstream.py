"""Import of the authors' measurements: out of a deleted past, value by value, and nothing of it is executed."""

import argparse
import os
import pickle
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hwbench_mo import DEVICES, InputError
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.measurements import read_measurements
from hwbench_mo.measurements.upstream import command, git_history
from hwbench_mo.measurements.upstream.campaign import FOLDERS, GPUS, SUFFIXES
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.spaces import Architecture, SearchSpace, get_space
from hwbench_mo.surrogates.closed_forms import closed_form
from hwbench_mo.surrogates.kernel import Kernel
from hwbench_mo.targets import CLOSED_FORM
from tests.support.spaces import MEASUREMENTS

Files = dict[str, Any]
"""What to pickle, or the bytes of a file, by path."""

N = 6
"""Architectures a space: the first four of one job and the first two of the next."""
STARTS = (0, 2500)
P100 = "data_collection/raw_results_hw/latency_P100/efficiency_observations_0_2500.pkl"
A40 = "data_collection/raw_results_hw/latency_a40/efficiency_observations_0_2500.pkl"
V100_ENERGY = "data_collection/raw_results_hw/latency_v100/efficiency_energy_observations_tracker_0_2500.pkl"
HELIX = "data_collection/raw_results_hw/latency_helix_cpu/efficiency_observations_0_2500.pkl"
MEMORY = "data_collection/raw_results_hw/mem_a100/efficiency_observations_0_10000.pkl"
PERPLEXITY = "arch_ppl_bench_s/ppl_observations_tracker_0_1000.pkl"


def imported_to(git_dir: Path, out: Path) -> int:
    """What the command answers."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(git_dir), str(out)]))


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path, files: Files) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else pickle.dumps(content))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=some")


def repository(folder: Path, *commits: Files) -> Path:
    """A repository in which these files were committed, and deleted by the last commit."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    for files in commits:
        commit(folder, files)
    git(folder, "rm", "--quiet", "-r", ".")
    commit(folder, {"README.md": b"all gone"})
    return folder


def architectures(space: SearchSpace) -> list[Architecture]:
    return space.decode(space.sample(N, np.random.default_rng(0)))


def arch(space: SearchSpace, architecture: Architecture) -> dict[str, Any]:
    """As the authors write it: lists are as long as the deepest network, and the rest of them means nothing."""
    unused = space.n_slots - architecture.n_layer
    return {
        "sample_embed_dim": architecture.embed_dim,
        "sample_n_layer": architecture.n_layer,
        "sample_layer_indices": list(range(architecture.n_layer)),
        "sample_n_head": [*architecture.n_head, *[space.n_head[0]] * unused],
        "sample_mlp_ratio": [*architecture.mlp_ratio, *[space.mlp_ratio[-1]] * unused],
        "sample_bias": architecture.bias,
    }


def value(device: int, i: int, repeat: int = 0) -> float:
    """A number of its own for each measurement, which float32 holds."""
    return 1 + device + i / 16 + repeat / 1024


def campaign(space: SearchSpace, *, scale: float = 1.0) -> Files:
    """Every file of one space."""
    files: Files = {}
    suffix, raw = SUFFIXES[space.name], "data_collection/raw_results_hw"
    sampled = architectures(space)
    counts = Kernel(space, [closed_form(space, metric) for metric in CLOSED_FORM])(space.encode(sampled))
    rows = [
        {"arch": arch(space, a)} | {metric: int(x) for metric, x in zip(CLOSED_FORM, row, strict=True)}
        for a, row in zip(sampled, counts, strict=True)
    ]
    for start, part in zip(STARTS, (range(4), range(4, N)), strict=True):
        span = f"{start}_{start + 2500}.pkl"
        for d, (device, name) in enumerate(FOLDERS.items()):
            n_times = 1 if (device, space.name) == ("epyc_7513", "gpt_s") else 10
            folder = f"{raw}/latency_{name}{suffix}"
            times = {i: [scale * value(d, i, r) for r in range(n_times)] for i in part}
            if device in GPUS:
                records = [
                    rows[i]
                    | {
                        "times_profiler_gpu": times[i],
                        "unit_gpu": ["ms"] * 10,
                        "times_profiler_cpu": [],
                        "unit_cpu": [],
                    }
                    for i in part
                ]
                energies = {i: [value(d, i, r) for r in range(50)] for i in part}
                files[f"{folder}/efficiency_energy_observations_tracker_{span}"] = [
                    {"arch": arch(space, sampled[i]), "energy_gpu": energies[i], "unit_energy": "KWh"} for i in part
                ]
            else:  # in seconds, and the energy as NumPy's mean gives it
                records = [
                    rows[i]
                    | {"times_profiler_cpu": times[i], "unit_cpu": ["s"] * n_times, "unit_gpu": []}
                    | {"mean_energy_cpu": np.float64(value(d, i)), "unit_energy": "Wh"}
                    for i in part
                ]
            files[f"{folder}/efficiency_observations_{span}"] = records
    for d, device in enumerate(("a100", "rtx2080")):
        files[f"{raw}/mem_{device}{suffix}/efficiency_observations_0_10000.pkl"] = [
            {"arch": arch(space, a), "mean_mem": 100 * value(d, i), "std_mem": 0.0} for i, a in enumerate(sampled)
        ]
    files[f"arch_ppl_bench_{space.name[-1]}/ppl_observations_tracker_0_1000.pkl"] = [
        {"arch": arch(space, sampled[i]), "perplexity": 20 + i / 4, "accuracy": 0.25 + i / 64} for i in range(4)
    ]
    return files


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


class Trap:
    """Creates a file where it is unpickled."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def _global(module: str, name: str) -> bytes:
    return b"\x80\x04" + b"".join(b"\x8c" + bytes([len(x)]) + x.encode() for x in (module, name)) + b"\x93."


def _array(dtype: bytes, shape: bytes, data: bytes) -> bytes:
    """An array of any description: ``numpy._reconstruct(ndarray, (0,), b"b")`` and a state."""
    made = b"\x80\x04cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
    return made + shape + dtype + b"\x89" + b"C" + bytes([len(data)]) + data + b"tb."


F8 = b"cnumpy\ndtype\n\x8c\x02f8\x89\x88\x87R(K\x03\x8c\x01<NNNK\x00K\x00K\x00tb"


def test_arrays_by_hand_are_read() -> None:
    """So that the hostile ones below are refused for what is hostile in them."""
    assert loads(_array(F8, b"K\x02\x85", struct.pack("<2d", 1, 2)), "here") == [1.0, 2.0]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_is_read_at_every_protocol(protocol: int) -> None:
    plain = {"a": [1, -1, 2**40, 1.5, None, True, False, "ü", ("x", (), (1, 2, 3, 4))], "b": {"c": []}}
    assert loads(pickle.dumps(plain, protocol), "here") == plain
    if protocol > 2:  # bytes of protocol 2 are a call of a codec
        arrays = [
            np.float32(0.5),
            np.bool_(True),
            np.arange(3),
            np.zeros(0),
            np.ones((2, 3), order="F"),
            np.ones(2, ">f8"),
        ]
        assert loads(pickle.dumps(arrays, protocol), "here") == [x.tolist() for x in arrays]


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        (pickle.dumps(Trap(os.system, "touch trapped")), rf"asks for '{os.name}\.system'"),
        (pickle.dumps([{"arch": Trap(eval, "open('trapped', 'w')")}]), r"asks for 'builtins\.eval'"),
        (pickle.dumps(np.array([Trap(os.system, "touch trapped")])), r"asks for the NumPy dtype 'O8'|'posix\.system'"),
        (pickle.dumps(np.array([None], dtype=object)), "asks for the NumPy dtype 'O8'"),
        (pickle.dumps(np.zeros(1, dtype=[("a", "f8")])), "asks for the NumPy dtype 'V8'"),
        (pickle.dumps(np.str_("a")), "asks for the NumPy dtype 'U1'"),
        (pickle.dumps(Architecture(embed_dim=1, n_layer=0, mlp_ratio=(), n_head=(), bias=True)), "NEWOBJ|Architecture"),
        (_global("numpy", "core.os.system"), r"asks for 'numpy\.core\.os\.system'"),
        (_global("numpy.core.multiarray", "scalar.__globals__"), r"asks for 'numpy\.core\.multiarray\.scalar\.__glob"),
        (_global("_codecs", "encode"), r"asks for '_codecs\.encode'"),
        (_global("numpy", "load"), r"asks for 'numpy\.load'"),
        (_global("numpy\nerror: all is well", "x"), r"asks for 'numpy\\nerror"),
        (b"cposix\nsystem\n(S'touch trapped'\ntR.", r"asks for 'posix\.system'"),
        (b"(S'touch trapped'\niposix\nsystem\n.", "asks for the operation STRING"),
        (b"(iposix\nsystem\n.", "asks for the operation INST"),
        (b"\x80\x02\x82\x01.", "asks for the operation EXT1"),
        (b"\x80\x02K\x01Q.", "asks for the operation BINPERSID"),
        (b"Pabc\n.", "asks for the operation PERSID"),
        (_array(F8, b"K\x7f\x85", b"12345678"), "asks for a NumPy array of 8 bytes whose shape says otherwise"),
        (_array(F8, b"J\xff\xff\xff\x7fK\x00\x86", b""), "asks for a NumPy array of 0 bytes whose shape"),
        (_array(F8, b"J\xff\xff\xff\xff\x85", b""), "asks for a NumPy array without a shape"),
        (_array(b"\x8c\x01O", b"K\x01\x85", b"12345678"), "asks for a NumPy array that is not made of bytes"),
        (_array(F8.replace(b"NNN", b"N}N"), b"K\x01\x85", b"12345678"), "asks for a NumPy dtype with fields"),
        (b"\x80\x04cnumpy\nndarray\nJ\xff\xff\xff\x7f\x85R.", "is not a whole pickle"),  # a call of ndarray itself
        (b"\x80\x04cnumpy._core.multiarray\nscalar\n}\x8c\x01aK\x01sb.", "is not a whole pickle"),  # sets attributes
        (b"\x80\x04cnumpy._core.multiarray\nscalar\nN}\x8c\x08functionNs\x86b.", "is not a whole pickle"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b".", "is not a whole pickle"),  # more bytes than there are
        (b"\x80\x05\x96" + struct.pack("<Q", 2**62) + b".", "is not a whole pickle"),
        (pickle.dumps([{"arch": 1}])[:-3], "is not a whole pickle"),
        (b"\x80\x04" + b"(" * 100, "is not a whole pickle"),
        (b"", "is not a whole pickle"),
        (b"version https://git-lfs.github.com/spec/v1\n", "an operation 118 that does not exist"),
        (b"\x80\x09N.", "is not a whole pickle"),
    ],
)
def test_hostile_pickles_are_refused_by_name_and_not_executed(
    hostile: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        loads(hostile, "abc:file.pkl")
    assert str(caught.value).startswith("abc:file.pkl")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_huge_memo_index_or_frame_allocates_nothing() -> None:
    assert loads(b"\x80\x02Nr" + struct.pack("<I", 2**32 - 1) + b".", "here") is None
    assert loads(b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.", "here") is None


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
