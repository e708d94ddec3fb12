"""Fronts on disk: found again, of nothing else, and passed over where a file is broken."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import Benchmark
from hwbench_mo.benchmark import front_codes as module
from hwbench_mo.benchmark.front_cache import VARIABLE, cache_folder, front_key, read_front, write_front
from tests.support.spaces import SMALL, random_benchmark

OBJECTIVES = ["perplexity", "latency@a100"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of our own, which keeps every front."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(module, "LEAST_SECONDS", 0.0)
    return tmp_path / "cache"


def fresh(seed: int = 0) -> Benchmark:
    return random_benchmark(SMALL, seed, {"pairs", "products"})


def test_a_front_is_computed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = fresh().pareto_front(OBJECTIVES)
    (path,) = folder.iterdir()
    assert path.suffix == ".front"
    monkeypatch.setattr(module, "candidate_codes", lambda *_: pytest.fail("computed again"))
    found = fresh().pareto_front(OBJECTIVES)
    assert (found.codes == computed.codes).all()
    assert (found.values == computed.values).all()


@pytest.mark.parametrize("spoil", ["cut", "flip", "empty", "foreign", "folder"])
def test_a_broken_file_is_passed_over(spoil: str, folder: Path) -> None:
    computed = fresh().pareto_front(OBJECTIVES)
    (path,) = folder.iterdir()
    content = path.read_bytes()
    if spoil == "folder":
        path.unlink()
        path.mkdir()
    elif spoil == "foreign":
        fresh(1).pareto_front(OBJECTIVES)
        (other,) = set(folder.iterdir()) - {path}
        other.replace(path)
    else:
        flipped = content[:-1] + bytes([content[-1] ^ 1])
        path.write_bytes({"cut": content[:100], "flip": flipped, "empty": b""}[spoil])
    again = fresh().pareto_front(OBJECTIVES)
    assert (again.values == computed.values).all()
    if spoil != "folder":
        assert path.read_bytes() == content  # and it is mended


def test_codes_of_no_space_are_passed_over(folder: Path) -> None:
    write_front("key", np.full((3, SMALL.n_genes), 9))
    assert (folder / "key.front").is_file()
    assert read_front("key", SMALL) is None
    write_front("key", np.zeros((1, 3), dtype=np.int64))
    assert read_front("key", SMALL) is None


def test_a_key_is_of_all_that_decides_a_front() -> None:
    bench = fresh()
    models = [bench.model(name) for name in OBJECTIVES]
    own = front_key(SMALL, models, [1.0, 1.0])
    moved = models[0].products
    assert moved is not None
    others = [
        front_key(SMALL, models, [1.0, -1.0]),
        front_key(SMALL, models[::-1], [1.0, 1.0]),
        front_key(replace(SMALL, mlp_ratio=(2, 3)), models, [1.0, 1.0]),
        front_key(SMALL, [replace(models[0], link="identity"), models[1]], [1.0, 1.0]),
        front_key(SMALL, [models[0].with_parts(products=moved + 1e-9), models[1]], [1.0, 1.0]),
        front_key(SMALL, [replace(models[0], products=None), models[1]], [1.0, 1.0]),
    ]
    assert len({own, *others}) == 7
    assert front_key(SMALL, [fresh().model(name) for name in OBJECTIVES], [1.0, 1.0]) == own


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert cache_folder() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "hwbench_mo"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "hwbench_mo"


def test_a_folder_that_cannot_be_written_to_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    monkeypatch.setattr(module, "LEAST_SECONDS", 0.0)
    assert len(fresh().pareto_front(OBJECTIVES).values)
