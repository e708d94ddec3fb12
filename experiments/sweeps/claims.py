"""Which process makes a run: a lock beside the result, which ends with the process, however it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process may make the run. A process that makes it holds a lock, until it ends or is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_lock_of(path), blocking=False)
    if not _is_ours(lock, path):
        yield False
        return
    try:
        yield True
    finally:  # The lock is unlinked while held: waiters time out, newcomers find the finished run.
        _lock_of(path).unlink(missing_ok=True)
        lock.release()


def _is_ours(lock: FileLock, path: Path) -> bool:
    while not lock.is_locked:
        try:
            lock.acquire()
        except Timeout:
            if is_claimed(path):
                return False  # otherwise somebody was looking at that moment: once more
    return True


def is_claimed(path: Path) -> bool:
    """Whether some process makes the run now. It is only looked at: nothing is written, and no claim is refused.

    For an instant the look holds a shared lock, which `claimed` tells from a claim.
    """
    if fcntl is None:
        return _is_locked(path)
    try:
        descriptor = os.open(_lock_of(path), os.O_RDONLY)
    except OSError:  # usually because it is not there
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_locked(path: Path) -> bool:
    if not _lock_of(path).exists():
        return False
    with suppress(Timeout), FileLock(_lock_of(path), blocking=False):
        return False
    return True


def _lock_of(path: Path) -> Path:
    return path.parent / f".{path.name}.lock"
