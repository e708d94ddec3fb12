"""Files of runs: a checksum covers all that they say, and what is broken is refused in one line."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hwbench_mo import InputError, Trajectory, make_problem, simulate
from hwbench_mo.simulation import parquet
from optimizers import RandomSearch

ARRAYS = ("codes", "values", "centre", "finish_times", "start_times", "repeats")


@pytest.fixture(scope="module")
def run() -> Trajectory:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], noise="sample")
    config = {"optimizer": {"name": "random_search"}, "seed": 0}
    return simulate(problem, RandomSearch(problem, seed=0), budget=30, n_workers=2, config=config)


@pytest.fixture(scope="module")
def path(run: Trajectory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run.save(tmp_path_factory.mktemp("runs") / "run.parquet")


def plain(run: Trajectory) -> str:
    return json.dumps([run.objectives, run.config, run.provenance], sort_keys=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_bit_is_refused_or_changes_nothing(seed: int, run: Trajectory, path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    flipped = tmp_path / "flipped.parquet"
    refusals = []
    for bit in np.random.default_rng(seed).integers(8 * len(content), size=150).tolist():
        broken = bytearray(content)
        broken[bit // 8] ^= 1 << bit % 8
        flipped.write_bytes(broken)
        try:
            loaded = Trajectory.load(flipped)
        except InputError as error:
            refusals.append(str(error))
        else:
            assert plain(loaded) == plain(run)
            for name in ARRAYS:
                assert np.array_equal(getattr(loaded, name), getattr(run, name), equal_nan=True), (bit, name)
    assert len(refusals) > 75
    assert all(line.startswith(f"{flipped}: ") and "\n" not in line for line in refusals)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ("{", "its metadata is broken"),
        ("[]", "not a trajectory in format 2"),
        ('{"format": 1}', "not a trajectory in format 2 of hwbench_mo; it is in format 1"),
        ('{"format": 2}', "its metadata is broken: objectives, config, provenance, codes_sha256, sha256"),
        ({"objectives": []}, "its metadata is broken: objectives"),
        ({"objectives": ["perplexity", "loss"]}, "not a trajectory: .*loss"),
        ({"objectives": ["latency@a100", "perplexity"]}, "corrupted: its checksum is"),
        ({"config": {"seed": 1}}, "corrupted: its checksum is"),
        ({"provenance": {}}, "corrupted: its checksum is"),
        ({"provenance": "x"}, "its metadata is broken: provenance"),
    ],
)
def test_other_facts_are_refused(facts: object, message: str, path: Path, tmp_path: Path) -> None:
    table = pq.read_table(path)
    own = json.loads(table.schema.metadata[parquet.KEY])
    said = facts if isinstance(facts, str) else json.dumps({**own, **facts})  # type: ignore[dict-item]
    other = tmp_path / "other.parquet"
    pq.write_table(table.replace_schema_metadata({parquet.KEY: said.encode()}), other)
    with pytest.raises(InputError, match=message) as raised:
        Trajectory.load(other)
    assert str(raised.value).startswith(f"{other}: ")


def test_columns_that_are_missing_or_have_gaps_are_refused(path: Path, tmp_path: Path) -> None:
    table = pq.read_table(path)
    for name in table.column_names:
        other = tmp_path / f"{name}.parquet"
        pq.write_table(table.drop_columns([name]), other)
        with pytest.raises(InputError, match=r"not a trajectory|corrupted"):
            Trajectory.load(other)


def test_a_facts_checksum_that_fits_does_not_make_nonsense_a_run(run: Trajectory, path: Path, tmp_path: Path) -> None:
    fields = {**parquet.read(path), "finish_times": run.finish_times[::-1].copy()}
    with pytest.raises(InputError, match=r"nonsense\.parquet: not a trajectory: finish_times must be finite"):
        Trajectory.load(parquet.write(tmp_path / "nonsense.parquet", fields))


def test_codes_of_many_choices_come_back(run: Trajectory, tmp_path: Path) -> None:
    codes = run.codes.copy()
    codes[3, 4] = 100_000
    loaded = Trajectory.load(replace(run, codes=codes).save(tmp_path / "many.parquet"))
    assert (loaded.codes == codes).all()


def test_violations_are_under_the_checksum(tmp_path: Path) -> None:
    limits = {"latency@rtx3080": 17.0, "memory_bfloat16": 250.0}
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"], constraints=limits)
    run = simulate(problem, RandomSearch(problem, seed=0), budget=30, config={"seed": 0})
    path = run.save(tmp_path / "run.parquet")
    assert np.array_equal(Trajectory.load(path).violations, run.violations)
    table = pq.read_table(path)
    for constraint in limits:
        name = parquet.violation_column(constraint)
        place = table.column_names.index(name)
        kept = pa.array(np.minimum(table[name].to_numpy(), -0.1))  # as if everything were feasible
        other = tmp_path / f"{constraint}.parquet"
        pq.write_table(table.set_column(place, name, kept), other)
        with pytest.raises(InputError, match="corrupted: its checksum is"):
            Trajectory.load(other)
        pq.write_table(table.drop_columns([name]), other)
        with pytest.raises(InputError, match=r"not a trajectory: .*violation:"):
            Trajectory.load(other)
