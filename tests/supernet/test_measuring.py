"""Sub-networks are measured once, kept at once, and never mixed with those of another supernet."""

from pathlib import Path

import numpy as np
import pytest

from hwbench_mo.errors import InputError
from hwbench_mo.supernet.corpus import HELD_OUT, Corpus
from hwbench_mo.supernet.elastic import Supernet, largest, smallest
from hwbench_mo.supernet.evaluate import HeldOut
from hwbench_mo.supernet.measuring import Row, chosen, measure
from tests.supernet.toy import TOY


class KilledError(Exception):
    """What a test kills a campaign with."""


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_architectures_are_distinct_and_hold_the_ends() -> None:
    codes = chosen(TOY, 30, seed=0)
    assert codes.shape == (30, TOY.n_genes)
    assert len(np.unique(codes, axis=0)) == 30
    assert TOY.decode(codes[:2]) == [largest(TOY), smallest(TOY)]
    assert len(chosen(TOY, 10**6, seed=0)) == TOY.size


def test_a_kill_loses_at_most_one(corpus: Corpus, tmp_path: Path) -> None:
    supernet = Supernet(TOY)
    text = HeldOut.of(corpus.split(HELD_OUT), sequence=16, tokens=320)
    codes, path = chosen(TOY, 8, seed=0), tmp_path / "rows.jsonl"
    told: list[int] = []

    def kill(n: int, row: Row) -> None:
        told.append(n)
        if n == 5:
            raise KilledError

    with pytest.raises(KilledError):
        measure(supernet, text, codes, path, {"supernet": "a"}, batch=4, tell=kill)
    append(path, '{"code": [0, 1')
    rows = measure(supernet, text, codes, path, {"supernet": "a"}, batch=4, tell=lambda n, row: told.append(n))
    assert told == list(range(1, 9))
    assert [list(row.code) for row in rows] == codes.tolist()
    assert rows == measure(supernet, text, codes, tmp_path / "other.jsonl", {"supernet": "a"}, batch=4)
    with pytest.raises(InputError, match="holds rows with supernet a, not b: go on with the former"):
        measure(supernet, text, codes, path, {"supernet": "b"}, batch=4)
    append(path, '{"code": 1}\n')
    with pytest.raises(InputError, match="line 10 is no row"):
        measure(supernet, text, codes, path, {"supernet": "a"}, batch=4)
