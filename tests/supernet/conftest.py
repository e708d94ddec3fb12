"""A toy space, and a page of text as tokens."""

from pathlib import Path

import pytest

from hwbench_mo.supernet.corpus import Corpus, write_corpus
from tests.supernet.toy import write_text


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    write_text(folder)
    return folder


@pytest.fixture(scope="session")
def corpus(text: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write_corpus(text, tmp_path_factory.mktemp("corpus") / "tokens", vocabulary=300, held_out=0.25)
