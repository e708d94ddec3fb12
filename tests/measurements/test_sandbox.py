"""Bombs and traps for the importer: each is refused in one line, in little time and memory."""

import os
import pickle
import re
import resource
import signal
from pathlib import Path

import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements.upstream import git_history, sandbox
from hwbench_mo.measurements.upstream.git_history import History
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.measurements.upstream.sandbox import Sandbox
from hwbench_mo.spaces import get_space
from tests.support.upstream import HELIX, campaign, git, imported_to, repository

GPT_S = get_space("gpt_s")
F8 = b"cnumpy\ndtype\n\x8c\x02f8\x89\x88\x87R(K\x03\x8c\x01<NNNK\x00K\x00K\x00tb"
MEGABYTE = 2**20


def nested(n: int, *, key: bool = False) -> bytes:
    """A tuple in a tuple and so on; hashing or printing it overflows the stack of a process."""
    tuples = b")" + b"\x85" * n
    return b"\x80\x04" + (b"}" + tuples + b"Ns." if key else tuples + b".")


def shared(depth: int, width: int) -> bytes:
    """Lists of the same list over and over: ``width ** depth`` elements in a few bytes."""
    levels = b"".join(b"q%c](" % i + b"h%c" % i * width + b"e" for i in range(depth))
    return b"\x80\x04]" + levels + b"."


def repeated(times: int) -> bytes:
    """An array of the same megabyte over and over."""
    blob = b"B" + MEGABYTE.to_bytes(4, "little") + bytes(MEGABYTE) + b"q\x01"
    shape = b"J" + (MEGABYTE // 8).to_bytes(4, "little") + b"\x85"
    array = b"cnumpy._core.numeric\n_frombuffer\n(h\x01" + F8 + shape + b"\x8c\x01CtR"
    return b"\x80\x04](" + blob + array * times + b"e."


def shaped(n_axes: int) -> bytes:
    """An array of no bytes and many axes, the product of whose extents takes forever."""
    extents = (b"\x8a\xff" + b"\x7f" * 255) * n_axes
    return b"\x80\x04cnumpy._core.numeric\n_frombuffer\n(C\x00" + F8 + b"(" + extents + b"t\x8c\x01CtR."


BOMBS = [
    (nested(1_000_000), "the pickle asks for more than 20 levels of lists in lists"),
    (nested(1_000_000, key=True), "the pickle asks for a dict whose keys are not text"),
    (b"\x80\x04]q\x01h\x01a.", "the pickle asks for more than 20 levels of lists in lists"),  # a list of itself
    (shared(10, 100), "the pickle asks for more than 10000000 elements"),
    (repeated(50), "the pickle asks for arrays of the same bytes over and over"),
    (shaped(100_000), "the pickle asks for a NumPy array of 0 bytes whose shape says otherwise"),
]


@pytest.mark.parametrize("bomb", range(len(BOMBS)))
def test_bombs_are_refused_at_once(bomb: int) -> None:
    data, message = BOMBS[bomb]
    before = resource.getrusage(resource.RUSAGE_SELF)
    with pytest.raises(InputError, match=f"abc:file.pkl: .*{message}") as caught:
        loads(data, "abc:file.pkl")
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert "\n" not in str(caught.value)
    assert after.ru_utime - before.ru_utime < 10
    assert (after.ru_maxrss - before.ru_maxrss) * 1024 < 400 * MEGABYTE


def test_a_bomb_in_the_history_is_refused_and_nothing_is_left_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = repository(tmp_path / "clone", campaign(GPT_S) | {HELIX: nested(100_000)})
    assert imported_to(clone, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert f"{HELIX}: refused, because the pickle asks for more than 20 levels" in error
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["clone"]


def test_memory_and_time_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    dicts = b"\x80\x04](" + b"}" * 8 * MEGABYTE + b"e."
    monkeypatch.setattr(sandbox, "MEMORY", 300 * MEGABYTE)
    with (
        Sandbox() as reader,
        pytest.raises(InputError, match=r"a.pkl: refused, because reading it takes more than 314 MB"),
    ):
        reader.read("energy", {"b.pkl": pickle.dumps([]), "a.pkl": dicts}, GPT_S)
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    with Sandbox() as reader:
        with pytest.raises(InputError, match=r"a.pkl: refused, because reading it takes more than 1 s"):
            reader.read("energy", {"a.pkl": b"\x80\x04](" + b"N" * 8 * MEGABYTE + b"e."}, GPT_S)
        (found,) = reader.read("energy", {"b.pkl": pickle.dumps([])}, GPT_S)  # in another process
        assert found["codes"].shape == (0, GPT_S.n_genes)


def test_a_process_that_ends_is_told_of() -> None:
    with Sandbox() as reader:
        reader.read("energy", {"b.pkl": pickle.dumps([])}, GPT_S)
        reader._started().send_signal(signal.SIGSEGV)
        reader._started().wait()
        with pytest.raises(InputError, match=r"a.pkl: refused, because the process that read it ended with status -11"):
            reader.read("energy", {"a.pkl": pickle.dumps([]) * 100_000}, GPT_S)


@pytest.mark.parametrize("name", ["packed-refs", "refs/heads/pipe", "objects/info/alternates", "config"])
def test_pipes_in_a_repository_do_not_hang(name: str, tmp_path: Path) -> None:
    clone = repository(tmp_path / "clone", {"a": b"a"})
    place = clone / ".git" / name
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    with pytest.raises(InputError, match=f"{name} is a pipe or a device, but a repository is made of files"):
        History(clone)
    place.unlink()
    place.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=f"{name} is a pipe or a device"):
        History(clone)


def test_git_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "--quiet", "elsewhere")
    os.mkfifo(tmp_path / "elsewhere" / ".git" / "packed-refs")
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / ".git").write_text(f"gitdir: {tmp_path}/elsewhere/.git\n")
    monkeypatch.setattr(git_history, "PATIENCE", 1)
    with pytest.raises(InputError, match="clone: git rev-list takes longer than 1 s"):
        History(tmp_path / "clone").versions(re.compile("(?P<name>.*)"))
