"""Files and folders appear whole or not at all, whoever else writes them; generated parts leave the rest alone."""

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hwbench_mo import InputError
from hwbench_mo.errors import OutputExistsError
from hwbench_mo.files import (
    file_name,
    new_file,
    new_folder,
    refuse_existing,
    replaced_file,
    with_generated,
    write_whole,
)

Writer = Callable[[Path], AbstractContextManager[Path]]
every_writer = pytest.mark.parametrize("writer", [new_file, new_folder, replaced_file])
results_are_kept = pytest.mark.parametrize("writer", [new_file, new_folder])


def fill(scratch: Path, text: str) -> None:
    """A file, or a folder with one."""
    (scratch / "inside" if scratch.is_dir() else scratch).write_text(text)


def fail(scratch: Path, error: type[BaseException]) -> None:
    """Write a part, and stop."""
    fill(scratch, "half")
    raise error


def overtake(writer: Writer, target: Path, scratch: Path) -> None:
    """Another writes the same, from beginning to end, while ``scratch`` is being written."""
    fill(scratch, "slow")
    with writer(target) as fast:
        fill(fast, "fast")


def content(target: Path) -> str:
    return (target / "inside" if target.is_dir() else target).read_text()


@every_writer
def test_nothing_is_seen_before_the_end(writer: Writer, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "down" / "result"
    with writer(target) as scratch:
        fill(scratch, "half")
        assert not target.exists()
        fill(scratch, "whole")
    assert content(target) == "whole"
    assert list(target.parent.iterdir()) == [target]


@every_writer
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(writer: Writer, error: type[BaseException], tmp_path: Path) -> None:
    with pytest.raises(error), writer(tmp_path / "result") as scratch:
        fail(scratch, error)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_was_to_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / "result"
    write_whole(target, "old")
    with pytest.raises(RuntimeError), replaced_file(target) as scratch:
        fail(scratch, RuntimeError)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text() == "old"
    write_whole(target, "new")
    assert target.read_text() == "new"


@results_are_kept
def test_a_result_is_never_replaced(writer: Writer, tmp_path: Path) -> None:
    target = tmp_path / "result"
    with writer(target) as scratch:
        fill(scratch, "mine")
    message = "result exists already, and results are never replaced; name another"
    with pytest.raises(OutputExistsError, match=message), writer(target):
        pytest.fail("the block runs although its result cannot be kept")
    with pytest.raises(OutputExistsError, match=message):
        refuse_existing(target)
    assert content(target) == "mine"


@results_are_kept
def test_of_two_writers_the_later_is_told(writer: Writer, tmp_path: Path) -> None:
    target = tmp_path / "result"
    with pytest.raises(OutputExistsError, match="never replaced"), writer(target) as scratch:
        overtake(writer, target, scratch)
    assert content(target) == "fast"
    assert list(tmp_path.iterdir()) == [target]


def test_of_many_writers_at_once_one_file_is_kept(tmp_path: Path) -> None:
    target, started, kept, told = tmp_path / "result", threading.Barrier(8), [], []

    def write(name: str) -> None:
        try:
            with new_file(target) as scratch:
                started.wait()
                scratch.write_text(name * 10_000)
            kept.append(name)
        except OutputExistsError:
            told.append(name)

    threads = [threading.Thread(target=write, args=[name]) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 1
    assert len(told) == 7
    assert target.read_text() == kept[0] * 10_000
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_that_wrote_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_file(tmp_path / "result"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_files_are_as_readable_as_any(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    for writer in (new_file, replaced_file):
        target = tmp_path / writer.__name__
        with writer(target) as scratch:
            scratch.write_text("")
        assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_generated_parts_are_replaced_and_the_rest_is_kept() -> None:
    document = "Mine.\n<!-- begin a -->\nold\n<!-- end a -->\nMine, too.\n<!-- begin b -->b<!-- end b -->\n"
    once = with_generated(document, "a", "new\nlines")
    assert once == document.replace("\nold\n", "\nnew\nlines\n")
    assert with_generated(once, "a", "new\nlines") == once
    assert with_generated(once, "a", "old") == document


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<!-- begin a -->",
        "<!-- end a -->",
        "<!-- end a --> <!-- begin a -->",
        "<!-- begin a --> <!-- begin a --> <!-- end a -->",
        "<!-- begin a --> <!-- end a --> <!-- end a -->",
        "<!-- begin b --> <!-- end b -->",
    ],
)
def test_documents_without_a_place_are_refused(document: str) -> None:
    with pytest.raises(InputError, match="the document must hold <!-- begin a --> and, below it, <!-- end a -->"):
        with_generated(document, "a", "new")


@given(st.text(min_size=1), st.text(min_size=1))
@example("/x", "..")
@example("x\0y", "\udcff")
@example("x" * 300, "x" * 301)
@example("größe", ".hidden")
def test_any_text_has_a_file_name_of_its_own(one: str, other: str) -> None:
    name = file_name(one)
    assert re.fullmatch(r"[^/\0\\.][^/\0\\]*", name)
    assert len(name.encode()) <= 150
    assert name.isascii()
    assert (name == file_name(other)) == (one == other)
