"""Records of the authors' files: what is not as described is refused, with the file, the place and the rule."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.spaces import get_space
from tests.support.upstream import (
    HELIX,
    MEMORY,
    P100,
    PERPLEXITY,
    V100_ENERGY,
    Files,
    N,
    campaign,
    imported_to,
    repository,
)


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
