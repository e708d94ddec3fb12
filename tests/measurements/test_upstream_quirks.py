"""Peculiarities of the authors' repository: trials, wrong counts, several versions, missing contents, checkpoints."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements import read_measurements
from hwbench_mo.measurements.upstream import importer
from hwbench_mo.measurements.upstream.importer import import_upstream
from hwbench_mo.measurements.upstream.sandbox import Sandbox
from hwbench_mo.measurements.upstream.worker import PREDICTIONS
from hwbench_mo.spaces import Architecture, SearchSpace, get_space
from tests.support.upstream import (
    A6000_M,
    CHECKPOINT,
    MEMORY,
    P100,
    Files,
    N,
    Trap,
    arch,
    architectures,
    campaign,
    git,
    imported_to,
    repository,
)

with suppress(ImportError):
    # Now, and not after tests that exhaust the recursion limit: Python 3.11 then may fail to parse what torch compiles
    # ("AST constructor recursion depth mismatch").
    import torch  # noqa: F401

GPT_S, GPT_M = get_space("gpt_s"), get_space("gpt_m")


def test_counts_are_those_of_any_device_that_has_them_right(tmp_path: Path) -> None:
    files = campaign(GPT_S)
    for path, records in files.items():
        if "latency_" in path and "efficiency_observations" in path and "latency_a40" not in path:
            for record in records:
                record |= {"macs": 0} if "cpu_meta" in path else {"flops": 1.5, "params": -1}
    assert import_upstream(repository(tmp_path / "clone", files), tmp_path / "out")[0].written == N


def test_trial_records_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files, small = campaign(GPT_M), architectures(GPT_S)
    trials = [files[A6000_M][0] | {"arch": arch(GPT_S, one)} for one in small[:3]]
    files[A6000_M] = trials + files[A6000_M]
    clone, out = repository(tmp_path / "clone", files), tmp_path / "out"
    assert imported_to(clone, out) == 0
    assert capsys.readouterr().out == f"{out}/gpt_m: {N} architectures; 3 trial records of other spaces left out\n"
    measured = read_measurements(out, GPT_M)
    assert GPT_M.decode(measured.codes) == architectures(GPT_M)
    assert measured.campaign_index.tolist() == [0, 1, 2, 3, 2500, 2501]
    files[A6000_M] = [*files[A6000_M][3:], *trials]
    with pytest.raises(InputError, match=r"a6000_m/.*: record 4: .*embed_dim is \d+, but 'gpt_m' offers 256"):
        import_upstream(repository(tmp_path / "later", files), tmp_path / "out2")


def test_the_fullest_version_of_a_file_counts_and_of_these_the_newest(tmp_path: Path) -> None:
    first, second, third = (campaign(GPT_S, scale=scale) for scale in (1.0, 2.0, 4.0))
    third[P100] = third[P100][:3]
    clone = repository(tmp_path / "clone", first, second, third)
    assert import_upstream(clone, tmp_path / "out")[0].written == N
    measured = read_measurements(tmp_path / "out", GPT_S)
    values = {device: measured.readings[f"latency@{device}"][0, 0] for device in ("p100", "v100")}
    assert values["p100"] / 2 == pytest.approx(first[P100][0]["times_profiler_gpu"][0])
    assert values["v100"] / 4 == pytest.approx(first[P100.replace("P100", "v100")][0]["times_profiler_gpu"][0])


def test_a_file_whose_content_is_absent_is_not_needed_where_others_cover_it(tmp_path: Path) -> None:
    whole = A6000_M.replace("0_2500", "0_5000")
    files = campaign(GPT_M)
    clone = repository(tmp_path / "clone", files, {whole: [*files[A6000_M], "broken"]})
    _forget(clone, whole)
    assert import_upstream(clone, tmp_path / "out")[0].written == N
    _forget(clone, A6000_M)
    with pytest.raises(InputError, match=r"a6000_m/efficiency_observations_0_.*.pkl is not in .*; clone the repos"):
        import_upstream(clone, tmp_path / "out2")


def _forget(clone: Path, path: str) -> None:
    """Remove the content of a file from a repository."""
    blob = git(clone, "rev-parse", f"HEAD~1:{path}").strip()
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def test_a_newer_file_of_fewer_architectures_is_passed_over_as_a_whole(tmp_path: Path) -> None:
    files = campaign(GPT_S)
    newer: Files = {MEMORY: [record | {"mean_mem": 7.0} for record in files[MEMORY][:2]]}
    clone = repository(tmp_path / "clone", files, newer)
    assert import_upstream(clone, tmp_path / "out")[0].written == N
    assert not (read_measurements(tmp_path / "out", GPT_S).readings["memory_bfloat16"] == 7.0).any()


# Predictions of perplexity


def checkpoint(space: SearchSpace, **changes: object) -> bytes:
    """A network as the authors trained it, with random weights and positive predictions."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    sizes = [8 + 6 * space.n_slots, 5, 4, 4, 4, 1]
    weights = {}
    for i, (n_inputs, n_outputs) in enumerate(pairwise(sizes), 1):
        weights[f"fc{i}.weight"] = torch.tensor(rng.uniform(-1, 2, (n_outputs, n_inputs)).astype(np.float32))
        weights[f"fc{i}.bias"] = torch.tensor(rng.uniform(0, 1, n_outputs).astype(np.float32))
    file = io.BytesIO()
    torch.save({name: value for name, value in {**weights, **changes}.items() if value is not None}, file)
    return file.getvalue()


def test_the_newest_checkpoint_predicts_perplexity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch = pytest.importorskip("torch")
    data = checkpoint(GPT_S)
    clone = repository(tmp_path / "clone", campaign(GPT_S), {CHECKPOINT: b"older"}, {CHECKPOINT: data})
    assert imported_to(clone, tmp_path / "out") == 0
    assert capsys.readouterr().err == ""
    predicted = read_measurements(tmp_path / "out", GPT_S).perplexity_mlp
    weights = {name: tensor.numpy() for name, tensor in torch.load(io.BytesIO(data), weights_only=True).items()}
    assert predicted == pytest.approx([slow_prediction(weights, one) for one in architectures(GPT_S)], rel=1e-5)


def slow_prediction(weights: dict[str, np.ndarray], one: Architecture) -> float:
    """The twin: one architecture, encoded as the authors do."""

    def one_hot(value: object, choices: tuple[object, ...]) -> list[float]:
        return [float(value == choice) for choice in choices]

    features = one_hot(one.embed_dim, GPT_S.embed_dim) + one_hot(one.n_layer, GPT_S.n_layer)
    for entries, choices in ((one.mlp_ratio, GPT_S.mlp_ratio), (one.n_head, GPT_S.n_head)):
        padded = [*entries, *[0] * (GPT_S.n_slots - one.n_layer)]
        features += [x for entry in padded for x in one_hot(entry, choices)]
    values = np.array(features + one_hot(one.bias, (True, False)))
    for i in range(1, 6):
        values = weights[f"fc{i}.weight"].astype(np.float64) @ values + weights[f"fc{i}.bias"]
        values = values if i == 5 else np.maximum(values, 0)
    return float(values[0])


@pytest.mark.parametrize("missing", ["file", "torch"])
def test_without_predictions_a_line_says_what_a_fit_lacks(
    missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = campaign(GPT_S)
    if missing == "torch":
        monkeypatch.setattr(importer, "find_spec", lambda name: None)
        files[CHECKPOINT] = b"not read"
    assert imported_to(repository(tmp_path / "clone", files), tmp_path / "out") == 0
    error = capsys.readouterr().err
    why = {
        "file": r"the history has no file predictor_ckpts/metric/perplexity_s.pt",
        "torch": r"torch is not installed, which reads predictor_ckpts/metric/perplexity_s.pt",
    }[missing]
    lacks = "a fit will lack the prior that it gives for perplexity, which matters most for gpt_l"
    assert re.fullmatch(rf"warning: gpt_s: perplexity_mlp is missing, because {why}; {lacks}\n", error)
    assert np.isnan(read_measurements(tmp_path / "out", GPT_S).perplexity_mlp).all()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process for several refusals, because it takes seconds to load torch."""
    with Sandbox() as one:
        yield one


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("fc3.weight", None, r"p.pt must hold fc1.weight, fc1.bias"),
        ("fc6.weight", 1, r"p.pt must hold fc1.weight, fc1.bias"),
        ("fc1.bias", 1.0, r"p.pt: fc1.bias must be a dense tensor of float32"),
        ("fc1.bias", Trap(os.system, "touch trapped"), r"p.pt: is not a checkpoint of a network \(UnpicklingError"),
        ("fc1.bias", "zeros", r"p.pt: fc1 has shapes \(5, 80\) and \(7,\), but must have \(5, 80\) and \(5,\)"),
        ("fc1.weight", "vast", r"p.pt: fc1 has shapes \(1000000000, 80\) and \(5,\), but must have \(10000, 80\) and"),
        ("fc5.bias", "low", r"p.pt: the network must predict positive numbers"),
    ],
)
def test_checkpoints_that_are_none_are_refused(
    sandbox: Sandbox, name: str, value: object, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    tensors = {"zeros": torch.zeros(7), "low": torch.full((1,), -1e9), "vast": torch.zeros(1).expand(10**9, 80)}
    data = checkpoint(GPT_S, **{name: tensors[value] if isinstance(value, str) else value})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        sandbox.read(PREDICTIONS, {"p.pt": data}, GPT_S, codes=GPT_S.encode(architectures(GPT_S)))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
