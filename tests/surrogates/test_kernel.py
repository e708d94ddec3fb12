"""Surrogates: closed forms, the evaluation kernel, noise, and artifacts that are what they claim to be."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hwbench_mo import DEVICES, SPACES, InputError, SearchSpace, load_benchmark
from hwbench_mo.spaces import get_space
from hwbench_mo.surrogates.additive import quantise
from hwbench_mo.surrogates.artifact import SHIPPED, signed
from hwbench_mo.surrogates.kernel import Kernel
from tests.support.spaces import random_curve, random_model, slow_value, space_of

MEASURED = ("gpt_s", "gpt_m", "gpt_l")
spaces = pytest.mark.parametrize("name", MEASURED)


@pytest.mark.parametrize("name", list(SPACES))
def test_closed_forms(name: str) -> None:
    """The formulas of the measurements' README, written again with Python's integers."""
    bench = load_benchmark(name)
    space = bench.space
    codes = space.sample(50, np.random.default_rng(0))
    batch = {"s": 8, "m": 4, "l": 1}[name.split("_")[1]]
    for row, a in enumerate(space.decode(codes)):
        e, n_layer, heads, ratios, b, vocabulary = (
            a.embed_dim,
            a.n_layer,
            sum(a.n_head),
            sum(a.mlp_ratio),
            a.bias,
            50254,
        )
        linear = vocabulary * e + 256 * heads * e + 3 * ratios * e**2
        biases = b * (192 * heads + 2 * ratios * e + 2 * n_layer * e)
        params = linear + vocabulary * e + 2 * e * (2 * n_layer + 1) + biases
        macs = batch * 1024 * linear
        flops = 2 * macs + batch * 1024 * (5 * e * (2 * n_layer + 1) + e * ratios)
        for metric, expected in (("params", params), ("macs", macs), ("flops", flops)):
            prediction = bench.predict(codes[[row]], metric)
            assert int(prediction.median[0]) == expected
            assert prediction.std[0] == 0
            assert (prediction.quantile([0.0, 0.3, 1.0]) == expected).all()
            assert prediction.sample(seed=1)[0] == expected


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 2**32),
)
@settings(deadline=None)
def test_evaluator_agrees_with_its_plain_twin(
    depths: list[int], n_ratios: int, n_heads: int, by_position: bool, seed: int
) -> None:
    space = space_of(depths, n_ratios, n_heads)
    rng = np.random.default_rng(seed)
    models = [random_model(space, rng, slots=space.n_slots if by_position else 1), random_model(space, rng, link="exp")]
    models.append(replace(random_model(space, rng), curve=random_curve(space, rng)))
    codes = rng.integers(space.n_choices, size=(20, space.n_genes))  # not canonical: absent layers must not count
    values = Kernel(space, models)(codes)
    for code, row in zip(codes, values, strict=True):
        assert row[0] == slow_value(space, models[0], code)  # exact: entries are multiples of a power of two
        assert row[1] == pytest.approx(slow_value(space, models[1], code), rel=1e-15)
        assert row[2] == pytest.approx(slow_value(space, models[2], code), rel=1e-12)


@spaces
def test_a_batch_and_its_rows_agree_to_the_last_bit(name: str) -> None:
    bench = load_benchmark(name)
    codes = bench.space.sample(5000, np.random.default_rng(0))
    evaluator = bench.kernel(["latency@a100", "perplexity", "memory_float16"])
    batch = evaluator(codes)
    for row in (0, 17, 4999):
        assert (evaluator(codes[[row]])[:, [0, 2]] == batch[row, [0, 2]]).all()
        assert evaluator(codes[[row]])[0, 1] == pytest.approx(batch[row, 1], rel=1e-15)


def test_quantised_sums_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(0)
    tables, _ = quantise({"all": rng.lognormal(0, 3, 200)})
    shuffled = [rng.permutation(tables["all"]) for _ in range(20)]
    assert len({float(np.cumsum(entries)[-1]) for entries in shuffled}) == 1
    assert len({float(np.cumsum(rng.permutation(rng.lognormal(0, 3, 200)))[-1]) for _ in range(2)}) == 2


@spaces
def test_every_target_is_answered_sensibly(name: str) -> None:
    bench = load_benchmark(name)
    assert len(bench.targets) == 2 + 2 * len(DEVICES) + 2 + 3
    codes = bench.space.sample(200, np.random.default_rng(0))
    levels = np.linspace(0, 1, 21)
    for target in bench.targets:
        p = bench.predict(codes, target)
        quantiles = p.quantile(levels)
        assert quantiles.shape == (200, 21)
        assert (quantiles >= 0).all()
        assert (np.diff(quantiles, axis=1) >= 0).all()
        assert p.quantile(0.5) == pytest.approx(p.median, rel=1e-6)
        assert (p.median > 0).all()
        assert (p.std >= 0).all()


def test_mean_and_std_are_those_of_the_draws() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(20, np.random.default_rng(0))
    p = bench.predict(codes, "energy@a40")
    draws = np.stack([p.sample(seed=0, repeat=repeat) for repeat in range(4000)], axis=1)
    assert draws.mean(axis=1) == pytest.approx(p.mean, rel=0.02)
    assert draws.std(axis=1) == pytest.approx(p.std, rel=0.15)
    for level in (0.05, 0.5, 0.95):
        below = (draws <= p.quantile([level])).mean(axis=1)
        assert below == pytest.approx(level, abs=5 * np.sqrt(0.25 / 4000))


def test_a_draw_depends_on_its_key_alone() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(100, np.random.default_rng(0))
    draws = bench.predict(codes, "latency@v100").sample(seed=3)
    order = np.random.default_rng(1).permutation(100)
    assert (bench.predict(codes[order], "latency@v100").sample(seed=3) == draws[order]).all()
    assert (bench.predict(codes[7:8], "latency@v100").sample(seed=3) == draws[7]).all()
    repeats = np.arange(100)
    several = bench.predict(codes, "latency@v100").sample(seed=3, repeat=repeats)
    assert several[0] == draws[0]
    assert several[9] == bench.predict(codes[9:10], "latency@v100").sample(seed=3, repeat=9)[0]
    script = (
        "import numpy as np, hwbench_mo as hb; b = hb.load_benchmark('gpt_s'); "
        "c = b.space.sample(100, np.random.default_rng(0)); "
        "print(b.predict(c, 'latency@v100').sample(seed=3).tobytes().hex())"
    )
    other_process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert bytes.fromhex(other_process.stdout.strip()) == draws.tobytes()


def test_draws_of_different_keys_are_independent() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(20_000, np.random.default_rng(0))
    p, q = bench.predict(codes, "latency@v100"), bench.predict(codes, "energy@v100")
    # Ratios of one embed_dim and bias share a distribution: only within such a group are draws to be compared.
    group = bench.space.groups(codes) == 0
    streams = [p.sample(seed=0), p.sample(seed=1), p.sample(seed=0, repeat=1), q.sample(seed=0)]
    centres = [p.median, p.median, p.median, q.median]
    ratios = [stats.rankdata((stream / centre)[group]) for stream, centre in zip(streams, centres, strict=True)]
    correlation = np.corrcoef(ratios) - np.eye(4)
    assert np.abs(correlation).max() < 5 / np.sqrt(group.sum())


def test_one_architecture_has_one_draw_in_every_space_that_holds_it() -> None:
    bench = load_benchmark("gpt_s")
    mine = SearchSpace(name="mine", embed_dim=(384, 768), n_layer=(10, 11), mlp_ratio=(2, 4), n_head=(8, 12))
    restricted = bench.restrict(mine)
    codes = mine.sample(50, np.random.default_rng(0))
    same = bench.space.encode(mine.decode(codes))
    for target in ("perplexity", "latency@a100", "params"):
        here, there = restricted.predict(codes, target), bench.predict(same, target)
        assert (here.median == there.median).all()
        assert (here.sample(seed=5) == there.sample(seed=5)).all()


def test_wrong_questions_are_refused() -> None:
    bench = load_benchmark("gpt_s")
    codes = bench.space.sample(3, np.random.default_rng(0))
    p = bench.predict(codes, "latency@a100")
    with pytest.raises(InputError, match=r"levels are .* numbers from 0 to 1"):
        p.quantile([0.5, 1.5])
    with pytest.raises(InputError, match="seed is 'a', but must be an integer"):
        p.sample(seed="a")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="repeat is -1"):
        p.sample(seed=0, repeat=-1)
    with pytest.raises(InputError, match=r"n_head of space 'odd' holds 5, but 'gpt_s' offers 4, 8, 12"):
        bench.restrict(SearchSpace(name="odd", embed_dim=(192,), n_layer=(10,), mlp_ratio=(2,), n_head=(5,)))
    with pytest.raises(InputError, match="space 'gpt_s_wide' has no 'latency@a100': only params, macs, flops"):
        load_benchmark("gpt_s_wide").predict(
            get_space("gpt_s_wide").sample(1, np.random.default_rng(0)), "latency@a100"
        )
    with pytest.raises(InputError, match="unknown space 'gpt_x'; valid, nearest first: gpt_"):
        load_benchmark("gpt_x")


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """A copy of the shipped artifacts, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "artifacts"))


def test_a_sound_copy_loads(artifacts: Path) -> None:
    codes = get_space("gpt_s").sample(10, np.random.default_rng(0))
    copy, shipped = load_benchmark("gpt_s", artifacts=artifacts), load_benchmark("gpt_s")
    assert (copy.predict(codes, "energy@p100").median == shipped.predict(codes, "energy@p100").median).all()


def test_spoilt_artifacts_are_refused(artifacts: Path) -> None:
    path = artifacts / "gpt_s.npz"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"gpt_s\.npz: corrupted or foreign: its sha256 is"):
        load_benchmark("gpt_s", artifacts=artifacts)
    path.write_bytes(bytes(content[:100]))
    with pytest.raises(InputError, match="corrupted or foreign"):
        load_benchmark("gpt_s", artifacts=artifacts)
    path.unlink()
    with pytest.raises(InputError, match=r"gpt_s\.npz: cannot be read \(No such file"):
        load_benchmark("gpt_s", artifacts=artifacts)


def test_foreign_artifacts_are_refused(artifacts: Path) -> None:
    manifest = artifacts / "gpt_s.json"
    manifest.write_text("not json")
    with pytest.raises(InputError, match="it is not JSON"):
        load_benchmark("gpt_s", artifacts=artifacts)
    manifest.write_text((artifacts / "gpt_m.json").read_text())
    with pytest.raises(InputError, match="not a manifest of 'gpt_s'"):
        load_benchmark("gpt_s", artifacts=artifacts)
    facts = json.loads((artifacts / "gpt_m.json").read_text())
    manifest.write_text(json.dumps(signed({**facts, "space": "gpt_s"})))
    shutil.copy(artifacts / "gpt_m.npz", artifacts / "gpt_s.npz")
    with pytest.raises(InputError, match="not an artifact of 'gpt_s'"):
        load_benchmark("gpt_s", artifacts=artifacts)


def test_artifacts_are_small_and_hold_no_pickle() -> None:
    files = list(SHIPPED.iterdir())
    assert sum(path.stat().st_size for path in files) < 2e6
    for path in SHIPPED.glob("*.npz"):
        with np.load(path, allow_pickle=False) as archive:
            assert all(archive[name].dtype.kind in "if" for name in archive)
