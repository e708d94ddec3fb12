"""Reads files out of the history of a git repository, deleted ones too. Nothing is checked out, run or fetched.

Only plumbing commands are called, because these neither page, sign, filter nor follow a repository's hooks.
"""

import os
import re
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hwbench_mo.errors import InputError

MAX_BYTES = 32 * 2**20
"""Ten times the largest file that is read."""
PATIENCE = 300
"""Seconds for a command of git; on the authors' repository each takes less than one."""
WHOLE = "clone the repository whole, without --filter"


@dataclass(frozen=True)
class Version:
    """A file as some commit left it."""

    commit: str
    path: str
    blob: str
    size: int
    """Bytes; -1 where the repository lacks the content."""

    def __str__(self) -> str:
        return f"{self.commit[:12]}:{self.path}"


class History:
    """Every commit that a repository's branches, tags and HEAD lead to.

    Parameters
    ----------
    folder
        A work tree, its ``.git`` or a bare repository.

    Raises
    ------
    InputError
        If it is none of them, or git is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Named outright: git would look for a repository in every folder above.
        self._git_dir = folder / ".git" if (folder / ".git").exists() else folder
        self._refuse_special_files()
        try:
            self._git("rev-parse", "--git-dir")
        except InputError as error:
            if "not a git repository" not in str(error).lower():
                raise
            raise InputError(
                f"{folder} is not a git repository; name a work tree, its .git folder or a bare repository"
            ) from None

    def _refuse_special_files(self) -> None:
        """Git waits for ever on a pipe, and reads a device without end. (Sockets are git's own.)"""
        for place, _, names in os.walk(self._git_dir):
            for path in (Path(place) / name for name in names):
                if path.exists() and stat.S_IFMT(path.stat().st_mode) in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK):
                    raise InputError(f"{path} is a pipe or a device, but a repository is made of files")

    def versions(self, pattern: re.Pattern[str]) -> dict[str, list[Version]]:
        """Every content of each file whose whole path ``pattern`` matches, by the group ``name``, the newest first.

        Paths that share a name are one file that was moved.
        """
        commits = self._git("rev-list", "--all", "--date-order")
        changes = self._git(
            *("diff-tree", "--stdin", "--root", "-r", "-m", "--raw", "--no-renames", "--diff-filter=AM"),
            stdin=commits,
        )
        found: dict[str, dict[str, tuple[str, str]]] = {}
        commit = ""
        # Git quotes whatever is unusual in a path, so that every line is ASCII and whole.
        for line in changes.decode("ascii", "replace").split("\n"):
            if not line.startswith(":"):
                commit = line.split(" ")[0]
                continue
            facts, _, path = line.partition("\t")
            _, mode, _, blob, _ = facts.split(" ")
            match = pattern.fullmatch(path)
            if match and mode.startswith("100"):  # a file, not a link or another repository
                found.setdefault(match["name"], {}).setdefault(blob, (commit, path))
        blobs = [blob for places in found.values() for blob in places]
        size = dict(zip(blobs, self._sizes(blobs), strict=True))
        return {
            name: [Version(commit, path, blob, size[blob]) for blob, (commit, path) in places.items()]
            for name, places in found.items()
        }

    def read(self, version: Version) -> bytes:
        """The content of a file."""
        if version.size < 0:
            raise InputError(f"{version} is not in {self.folder}; {WHOLE}")
        if version.size > MAX_BYTES:
            raise InputError(f"{version} has {version.size} bytes, but files have {MAX_BYTES} at most")
        return self._git("cat-file", "blob", version.blob)

    def _sizes(self, blobs: Iterable[str]) -> list[int]:
        try:
            lines = self._git("cat-file", "--batch-check", stdin="".join(f"{blob}\n" for blob in blobs).encode())
        except InputError as error:  # older versions of git insist on fetching
            raise InputError(f"{error}; {WHOLE}") from None
        facts = [line.split() for line in lines.decode().splitlines()]
        return [int(size) if kind == "blob" else -1 for _, kind, *rest in facts for size in (rest or ["-1"])]

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        command = ["git", f"--git-dir={self._git_dir}", "--no-pager", "--no-replace-objects"]
        command += ["-c", "core.fsmonitor=false", "-c", "core.quotePath=true", "-c", "core.hooksPath=/dev/null"]
        # A clone made with --filter would fetch what it lacks, by a command that its configuration may name.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        try:
            done = subprocess.run(
                [*command, *arguments], input=stdin, capture_output=True, env=environment, check=False, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise InputError(f"{self.folder}: git {arguments[0]} takes longer than {PATIENCE} s") from None
        except FileNotFoundError:
            raise InputError("git is not installed, but it reads the history") from None
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise InputError(f"{self.folder}: git {arguments[0]} failed: {reason[0]}")
        return done.stdout
