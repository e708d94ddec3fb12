"""A corpus as tokens: two memory-mapped files, one to train on and one that is held out, with their documents."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwbench_mo.errors import InputError
from hwbench_mo.files import new_folder
from hwbench_mo.progress import track
from hwbench_mo.supernet.documents import Document, is_held_out, place_of, read_documents
from hwbench_mo.supernet.tokenizer import END, read_tokenizer, train_tokenizer
from hwbench_mo.typing import Ints

FACTS, TOKENIZER = "corpus.json", "tokenizer.json"
TRAIN, HELD_OUT = "train", "held_out"
SPLITS = (TRAIN, HELD_OUT)
BATCH = 512
"""Documents that are encoded at a time."""
MOST_TO_TRAIN_ON = 100_000
"""Documents that a tokenizer is trained on."""


@dataclass(frozen=True, eq=False)
class Split:
    """The tokens of documents, one after the other, each with an end-of-text token behind it."""

    tokens: NDArray[Any]
    """``[n]``; memory-mapped, uint16 or uint32."""
    starts: Ints
    """``[documents + 1]``; where each document begins, and n."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """What a folder of tokens holds."""

    folder: Path
    facts: dict[str, Any]
    """Vocabulary, tokens and documents of each split, share held out, and sha256 of the files."""

    @property
    def vocabulary(self) -> int:
        """How many tokens there are."""
        return int(self.facts["vocabulary"])

    @property
    def identity(self) -> dict[str, str]:
        """sha256 of each file of tokens."""
        return {name: str(self.facts[name]["sha256"]) for name in SPLITS}

    def split(self, name: str) -> Split:
        """One of ``train`` and ``held_out``."""
        try:
            tokens = np.load(self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            starts = np.load(self.folder / f"{name}-documents.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"{self.folder}: the tokens of {name} cannot be read: {error}") from None
        said = self.facts[name]
        if tokens.ndim != 1 or len(tokens) != said["tokens"] or len(starts) != said["documents"] + 1:
            raise InputError(f"{self.folder}/{name}.npy does not hold what {FACTS} says; make the tokens anew")
        return Split(tokens, starts)


def read_corpus(folder: Path) -> Corpus:
    """The corpus of a folder that `write_corpus` wrote.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        found = Corpus(folder, facts)
        if found.vocabulary < 2 or not all(int(facts[name]["tokens"]) >= 0 for name in SPLITS):
            raise ValueError("counts")
        found.identity  # noqa: B018
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{folder} is no folder of tokens: {FACTS} is missing or broken") from None
    return found


def is_corpus(folder: Path) -> bool:
    """Whether a folder was written by `write_corpus`."""
    return (folder / FACTS).is_file()


def write_corpus(
    text: Path, folder: Path, *, vocabulary: int, tokenizer: Path | None = None, held_out: float = 0.02
) -> Corpus:
    """Turn a folder of text into tokens; ``folder`` appears whole or not at all.

    Parameters
    ----------
    text
        What `read_documents` reads.
    vocabulary
        The most tokens that the supernet has rows for.
    tokenizer
        A ``tokenizer.json``; by default, one is trained on the documents that are not held out.
    held_out
        The share of documents that are held out, chosen by a hash of their text.
    """
    if not 0 <= held_out <= 1:
        raise InputError(f"held_out is {held_out:g}, but must be a share from 0 to 1")
    if tokenizer is None:
        kept = (one.text for one in read_documents(text) if not is_held_out(one.text, held_out))
        coder = train_tokenizer(islice(kept, MOST_TO_TRAIN_ON), vocabulary)
    else:
        coder = read_tokenizer(tokenizer)
    if coder.get_vocab_size() > vocabulary:
        raise InputError(f"the tokenizer has {coder.get_vocab_size()} tokens, but the space has {vocabulary}")
    with new_folder(folder) as scratch:
        coder.save(str(scratch / TOKENIZER))
        counts = _encode(read_documents(text), coder, scratch, held_out)
        facts: dict[str, Any] = {"vocabulary": vocabulary, "held_out": {}, "share_held_out": held_out}
        for name in SPLITS:
            with (scratch / f"{name}.npy").open("rb") as file:
                facts[name] = counts[name] | {"sha256": file_digest(file, "sha256").hexdigest()}
        (scratch / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return read_corpus(folder)


def _encode(documents: Iterable[Document], coder: Any, folder: Path, held_out: float) -> dict[str, dict[str, int]]:
    """Write both splits; how many tokens and documents each has.

    Documents to train on keep their order. Those held out are ordered by the hash of their text, so that the first of
    them are a sample of all.
    """
    end = coder.token_to_id(END)
    kind = np.uint16 if coder.get_vocab_size() <= 1 << 16 else np.uint32
    sizes: list[int] = []
    kept: list[tuple[int, NDArray[Any]]] = []
    raw = folder / f"{TRAIN}.raw"
    with raw.open("wb") as file:
        for batch in track(_batches(documents), "tokens", unit="batch"):
            for one, encoded in zip(batch, coder.encode_batch([one.text for one in batch]), strict=True):
                tokens = np.array([*encoded.ids, end], dtype=kind)
                if is_held_out(one.text, held_out):
                    kept.append((place_of(one.text), tokens))
                else:
                    file.write(tokens.tobytes())
                    sizes.append(len(tokens))
    train = np.memmap(raw, dtype=kind, mode="r") if sizes else np.zeros(0, dtype=kind)
    counts = {TRAIN: _write(folder, TRAIN, train, sizes)}
    raw.unlink()
    held = [tokens for _, tokens in sorted(kept, key=lambda pair: pair[0])]
    stream = np.concatenate(held) if held else np.zeros(0, dtype=kind)
    return counts | {HELD_OUT: _write(folder, HELD_OUT, stream, [len(one) for one in held])}


def _write(folder: Path, name: str, tokens: NDArray[Any], sizes: list[int]) -> dict[str, int]:
    np.save(folder / f"{name}.npy", tokens)
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    np.save(folder / f"{name}-documents.npy", starts)
    return {"tokens": len(tokens), "documents": len(sizes)}


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    iterator = iter(documents)
    while batch := list(islice(iterator, BATCH)):
        yield batch
