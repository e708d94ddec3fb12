"""Reads untrusted files in a process of its own, which can be killed, run out of memory or crash without harm."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from threading import Timer
from types import TracebackType
from typing import Any, BinaryIO, cast

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream import worker
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.typing import Codes

MEMORY = 2**30
"""Bytes of data of the process; a file of the authors takes a tenth."""
SECONDS = 60
"""CPU time for a file; a file of the authors takes two seconds."""
PATIENCE = 600
"""Seconds for a request, however little CPU time it takes."""


class Sandbox:
    """One process, started by the first request. Use it in a ``with`` block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(
        self, kind: str, files: Mapping[str, bytes], space: SearchSpace, *, codes: Codes | None = None
    ) -> list[dict[str, Any]]:
        """The arrays of each of several files.

        Parameters
        ----------
        kind
            One of `records.KINDS`, or ``predictions`` of a checkpoint for ``codes``.
        files
            Contents by place; the place is for messages.
        space
            The space of the architectures.
        codes
            ``[n, d]``.

        Raises
        ------
        InputError
            If a file is refused, or takes too much memory or time.
        """
        process = self._started()
        requests, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        request = {"kind": kind, "space": space.name, "places": list(files), "sizes": list(map(len, files.values()))}
        if codes is not None:
            request["codes"] = codes.tolist()
        reading, answer = next(iter(files)), {}
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            requests.write(json.dumps(request).encode() + b"\n" + b"".join(files.values()))
            requests.flush()
            while "size" not in answer:
                answer = json.loads(answers.readline())
                reading = answer.get("reading", reading)
                if "error" in answer:
                    raise InputError(answer["error"])
            packed = answers.read(answer["size"])
            if len(packed) < answer["size"]:
                raise EOFError
            with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
                found: list[dict[str, Any]] = [{} for _ in files]
                for name in archive:
                    i, _, column = name.partition("/")
                    found[int(i)][column] = archive[name]
            return found
        except (OSError, EOFError, json.JSONDecodeError):  # the process has ended
            cause = _cause(process.wait())
            self._stop()
            raise InputError(f"{reading}: refused, because {cause}") from None
        finally:
            watchdog.cancel()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", worker.__name__, str(MEMORY), str(SECONDS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._process


def _cause(status: int) -> str:
    if status == worker.OUT_OF_MEMORY:
        return f"reading it takes more than {MEMORY // 10**6} MB of memory"
    if status in (-signal.SIGPROF, -signal.SIGKILL):
        return f"reading it takes more than {SECONDS} s"
    return f"the process that read it ended with status {status}"
