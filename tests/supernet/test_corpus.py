"""Text becomes tokens, document by document; the split depends on each document alone."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hwbench_mo.errors import InputError, OutputExistsError
from hwbench_mo.supernet.corpus import HELD_OUT, TRAIN, Corpus, read_corpus, write_corpus
from hwbench_mo.supernet.documents import is_held_out, place_of, read_documents
from hwbench_mo.supernet.tokenizer import END, read_tokenizer


def test_tokens_say_the_documents(text: Path, corpus: Corpus) -> None:
    coder = read_tokenizer(corpus.folder / "tokenizer.json")
    every = [one.text for one in read_documents(text)]
    held_out = sorted((one for one in every if is_held_out(one, 0.25)), key=place_of)
    for name, wanted in ((TRAIN, [one for one in every if not is_held_out(one, 0.25)]), (HELD_OUT, held_out)):
        split = corpus.split(name)
        assert split.tokens.dtype == np.uint16
        assert wanted
        found = [split.tokens[a:b].tolist() for a, b in zip(split.starts[:-1], split.starts[1:], strict=True)]
        assert [coder.decode(one[:-1]) for one in found] == wanted
        assert {one[-1] for one in found} == {coder.token_to_id(END)}


def test_parquet_holds_a_document_a_row(text: Path, corpus: Corpus, tmp_path: Path) -> None:
    texts = [one.text for one in read_documents(text)]
    pq.write_table(pa.table({"text": [*texts, None, " "]}), tmp_path / "all.parquet")
    tokenizer = corpus.folder / "tokenizer.json"
    again = write_corpus(tmp_path, tmp_path / "tokens", vocabulary=300, tokenizer=tokenizer, held_out=0.25)
    assert again.identity == corpus.identity
    assert read_corpus(again.folder).facts == again.facts
    with pytest.raises(OutputExistsError):
        write_corpus(tmp_path, tmp_path / "tokens", vocabulary=300, tokenizer=tokenizer)


def test_what_is_no_text_is_refused(tmp_path: Path, corpus: Corpus) -> None:
    out = tmp_path / "out"
    with pytest.raises(InputError, match="is missing: name a folder of text files"):
        write_corpus(tmp_path / "no", out, vocabulary=300)
    with pytest.raises(InputError, match=r"holds no text: it must hold files that end in .txt"):
        write_corpus(tmp_path, out, vocabulary=300)
    (tmp_path / "a.txt").write_text("some text")
    with pytest.raises(InputError, match="vocabulary is 100, but a tokenizer of bytes needs 257 at least"):
        write_corpus(tmp_path, out, vocabulary=100)
    with pytest.raises(InputError, match=r"the tokenizer has 3.. tokens, but the space has 260"):
        write_corpus(tmp_path, out, vocabulary=260, tokenizer=corpus.folder / "tokenizer.json")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="is no tokenizer"):
        write_corpus(tmp_path, out, vocabulary=260, tokenizer=tmp_path / "tokenizer.json")
    pq.write_table(pa.table({"words": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(InputError, match="has no column 'text', only words"):
        write_corpus(tmp_path, out, vocabulary=300)
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="is no Parquet file"):
        write_corpus(tmp_path, out, vocabulary=300)
    with pytest.raises(InputError, match="is no folder of tokens"):
        read_corpus(tmp_path)
    assert not out.exists()
