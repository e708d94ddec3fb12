"""Files and folders that appear whole or not at all, and the generated parts of documents."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from hwbench_mo.errors import InputError, OutputExistsError


def refuse_existing(target: Path) -> None:
    """Raise `OutputExistsError` if there is something at ``target``: results are never replaced."""
    if target.exists():
        raise OutputExistsError(f"{target} exists already, and results are never replaced; name another")


def _scratch(target: Path) -> Path:
    """A name beside ``target`` that nobody else has. Unlike `tempfile`'s, files there are as readable as any."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(f".{target.name}-{secrets.token_hex(4)}")


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """A path to write to; what was written appears at ``target`` when the block ends, unless something is there.

    Raises
    ------
    OutputExistsError
        If there is a file already, before or after the block; it is left as it is.
    """
    refuse_existing(target)
    scratch = _scratch(target)
    try:
        yield scratch
        # A link, unlike a renaming, never replaces: of two processes that write the same file, one is told.
        os.link(scratch, target)
    except FileExistsError:
        refuse_existing(target)
        raise
    finally:
        scratch.unlink(missing_ok=True)  # on a full disk the writer may have removed it


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which appears at ``target`` when the block ends, unless something is there.

    Raises
    ------
    OutputExistsError
        If there is something already, before or after the block; it is left as it is.
    """
    refuse_existing(target)
    scratch = _scratch(target)
    scratch.mkdir()
    try:
        yield scratch
        refuse_existing(target)  # another process was faster
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def replaced_file(target: Path) -> Iterator[Path]:
    """A path to write to; what was written takes the place of ``target`` when the block ends."""
    scratch = _scratch(target)
    try:
        yield scratch
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def write_whole(target: Path, text: str) -> None:
    """Write a text file, in place of one that may be there."""
    with replaced_file(target) as scratch:
        scratch.write_text(text, encoding="utf-8")


def file_name(text: str) -> str:
    """A name that is safe as a part of a path, whatever is in ``text``; different texts have different names.

    Separators and what no file system has are percent-encoded. A name of more than 150 bytes is cut, and ends with a
    hash of the text: there is room for a suffix.

    >>> file_name("gpt_s-perplexity-latency@a100"), file_name("../x")
    ('gpt_s-perplexity-latency@a100', '%2E.%2Fx')
    """
    quoted = quote(text, safe=" @,=+()", errors="backslashreplace")
    quoted = f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted
    if len(quoted) <= 150:
        return quoted
    return f"{quoted[:130]}-{hashlib.sha256(text.encode(errors='backslashreplace')).hexdigest()[:16]}"


def with_generated(text: str, marker: str, content: str) -> str:
    """A document with ``content`` between ``<!-- begin MARKER -->`` and ``<!-- end MARKER -->``.

    What people wrote around the two comments is kept.

    Raises
    ------
    InputError
        If either comment is missing, stands twice, or the end comes first.

    Examples
    --------
    >>> print(with_generated("Costs: <!-- begin costs -->old<!-- end costs -->.", "costs", "new"))
    Costs: <!-- begin costs -->
    new
    <!-- end costs -->.
    """
    begin, end = f"<!-- begin {marker} -->", f"<!-- end {marker} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise InputError(f"the document must hold {begin} and, below it, {end} once each")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.partition(end)[2]}"
