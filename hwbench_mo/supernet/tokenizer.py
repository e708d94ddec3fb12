"""A tokenizer of the library tokenizers: one that is given, or byte-level BPE that is trained on the corpus."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hwbench_mo.errors import InputError
from hwbench_mo.extras import how_to_install

END = "<|endoftext|>"
"""Stands after each document."""
LEAST_VOCABULARY = 257
"""Of a byte-level tokenizer: every byte, and the end of a document."""


def import_tokenizers() -> Any:
    """The library, or the error that says how to install it."""
    try:
        import tokenizers
    except ModuleNotFoundError:
        raise InputError(f"this needs tokenizers, which is not installed: {how_to_install('supernet')}") from None
    return tokenizers


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """Byte-level BPE (Sennrich et al., 2016; Radford et al., 2019) with at most so many tokens.

    Raises
    ------
    InputError
        If the vocabulary is smaller than what every byte needs.
    """
    if vocabulary < LEAST_VOCABULARY:
        raise InputError(
            f"vocabulary is {vocabulary}, but a tokenizer of bytes needs {LEAST_VOCABULARY} at least; "
            f"or give a tokenizer"
        )
    library = import_tokenizers()
    tokenizer = library.Tokenizer(library.models.BPE())
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = library.decoders.ByteLevel()
    trainer = library.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def read_tokenizer(path: Path) -> Any:
    """The tokenizer of a ``tokenizer.json``; it must know the end of a document.

    Raises
    ------
    InputError
        If the file is missing or no tokenizer, or has no token ``<|endoftext|>``.
    """
    library = import_tokenizers()
    try:
        tokenizer = library.Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except Exception as error:  # the library raises nothing narrower
        raise InputError(f"{path} is no tokenizer: {' '.join(str(error).split())[:200]}") from None
    if tokenizer.token_to_id(END) is None:
        raise InputError(f"{path} has no token {END!r}, which ends a document; add it as a special token")
    return tokenizer
