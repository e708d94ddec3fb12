"""The folder of a supernet: for one process at a time, and for one training."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import hwbench_mo as hb
from hwbench_mo.errors import InputError
from hwbench_mo.supernet import folder as folders
from hwbench_mo.supernet import load_supernet
from hwbench_mo.supernet.corpus import Corpus
from hwbench_mo.supernet.elastic import Supernet
from tests.supernet.toy import TOY, toy_settings


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    again = folders.locked(tmp_path, "trained")
    with folders.locked(tmp_path, "trained"), pytest.raises(InputError, match="is being trained by another process"):
        again.__enter__()
    with folders.locked(tmp_path, "trained"):
        pass


def _fail(folder: Path, *, written: bool = False) -> None:
    with folders.locked(folder, "trained"):
        if written:
            (folder / "tokens").mkdir()
        raise InputError("mistake")


def test_a_new_folder_in_which_nothing_was_written_goes_away(tmp_path: Path) -> None:
    new = tmp_path / "new"
    for written in (False, True):
        with pytest.raises(InputError, match="mistake"):
            _fail(new, written=written)
        assert new.exists() == written
    with pytest.raises(InputError, match="mistake"):
        _fail(tmp_path)
    assert tmp_path.exists()


def test_another_training_is_refused(tmp_path: Path, corpus: Corpus) -> None:
    folders.describe(tmp_path, toy_settings(), corpus, None)
    folders.describe(tmp_path, toy_settings(checkpoint_every=7), corpus, None)
    with pytest.raises(InputError, match=r"holds a training with learning_rate 0.01, not 0.02: go on with the former"):
        folders.describe(tmp_path, toy_settings(learning_rate=0.02), corpus, None)
    with pytest.raises(InputError, match="that started from None, not from /x"):
        folders.describe(tmp_path, toy_settings(), corpus, "/x")
    other = Corpus(corpus.folder, json.loads(json.dumps(corpus.facts).replace(corpus.identity["train"], "0" * 64)))
    with pytest.raises(InputError, match="holds a training with train "):
        folders.describe(tmp_path, toy_settings(), other, None)
    assert folders.space_in(tmp_path) == TOY
    assert folders.corpus_of(tmp_path) == corpus.folder.resolve()


def test_weights_come_back(tmp_path: Path, corpus: Corpus) -> None:
    with pytest.raises(InputError, match=r"supernet.json is not of a supernet"):
        folders.read_supernet(tmp_path)
    folders.describe(tmp_path, toy_settings(), corpus, None)
    with pytest.raises(InputError, match="has no weights yet: train it first"):
        folders.read_supernet(tmp_path)
    supernet = Supernet(TOY, seed=9)
    folders.write_weights(tmp_path, supernet, 12)
    trained = folders.read_supernet(tmp_path)
    assert trained.facts["step"] == 12
    assert trained.sequence == 16
    tokens = torch.arange(10)[None]
    assert torch.equal(trained.supernet(tokens), supernet(tokens))
    (one,) = TOY.decode(TOY.sample(1, np.random.default_rng(3)))
    network = load_supernet(tmp_path).extract(one)
    assert torch.equal(network(tokens), supernet.select(one)(tokens))
    exported = hb.export_model(one, tmp_path / "exported", network=network)
    assert json.loads((exported / "config.json").read_text())["vocab_size"] == 300
