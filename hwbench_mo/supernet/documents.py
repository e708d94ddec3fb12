"""Documents of a corpus: text files of a folder, or rows of Parquet files. Nothing is downloaded."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs

TEXT = (".txt", ".md", ".rst")
PARQUET = ".parquet"
COLUMN = "text"
"""Column of Parquet files that holds one document a row."""
BATCH_ROWS = 256


class Document(NamedTuple):
    """One document, and where it stands."""

    place: str
    text: str


def read_documents(folder: Path) -> Iterator[Document]:
    """Documents of a folder and the folders in it, in the order of their paths; empty ones are left out.

    A text file is one document (UTF-8; bytes that are not are replaced), a row of a Parquet file with a column ``text``
    another.

    Raises
    ------
    InputError
        If there is no such folder, it holds no document, or a Parquet file cannot be read or lacks the column.
    """
    paths = files_of(folder)
    n = 0
    for path in paths:
        for document in _rows(path) if path.suffix == PARQUET else _text(path):
            if document.text.strip():
                n += 1
                yield document
    if not n:
        raise InputError(f"{folder} holds no text: it must hold files that end in {', '.join((*TEXT, PARQUET))}")


def files_of(folder: Path) -> list[Path]:
    """Paths of the files that hold documents, sorted; a single file stands for itself.

    Raises
    ------
    InputError
        If there is nothing at that path.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError(f"{folder} is missing: name a folder of text files or of Parquet files")
    return sorted(path for path in folder.rglob("*") if path.suffix in (*TEXT, PARQUET) and path.is_file())


def _text(path: Path) -> Iterator[Document]:
    try:
        yield Document(str(path), path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _rows(path: Path) -> Iterator[Document]:
    with needs("parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            if COLUMN not in file.schema_arrow.names:
                raise InputError(f"{path} has no column {COLUMN!r}, only {', '.join(file.schema_arrow.names[:10])}")
            row = 0
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=[COLUMN]):
                for text in batch.column(0).to_pylist():
                    yield Document(f"{path}:{row}", "" if text is None else str(text))
                    row += 1
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is no Parquet file: {' '.join(str(error).split())[:200]}") from None


def place_of(text: str) -> int:
    """Where a document stands on a line of 2^64 places: by a hash of its text, whatever else the corpus holds."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def is_held_out(text: str, share: float) -> bool:
    """Whether a document belongs to the held-out split: equal documents are on one side of it.

    >>> sum(is_held_out(str(i), 0.1) for i in range(1000))
    106
    """
    return place_of(text) < share * 2.0**64
