"""What a sweep shows while it runs: on a terminal a bar over its runs, in a log a line a minute; and lines above it."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from tqdm import tqdm

from hwbench_mo.terminal import is_terminal


class Live:
    """Shows progress over the runs of a sweep while it is entered, from a thread of its own.

    Parameters
    ----------
    total
        How many runs the sweep has.
    n_done
        Called now and then: how many are done.
    stream
        By default standard error.
    every
        Seconds between lines where that is no terminal.
    """

    def __init__(
        self, total: int, n_done: Callable[[], int], *, stream: TextIO | None = None, every: float = 60.0
    ) -> None:
        self._total, self._n_done = total, n_done
        self._stream = sys.stderr if stream is None else stream
        self._on_terminal = is_terminal(self._stream)
        self._every = 0.5 if self._on_terminal else every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> "Live":
        self._first, self._start = self._n_done(), time.monotonic()
        if self._on_terminal:
            self._bar = tqdm(total=self._total, initial=self._first, unit="run", file=self._stream, position=0)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._on_terminal:
            self._bar.n = self._n_done()
            self._bar.refresh()
            self._bar.close()

    def _show(self) -> None:
        while not self._ended.wait(self._every):
            done = self._n_done()
            if self._on_terminal:
                self._bar.n = done
                self._bar.refresh()
            else:
                print(self._line(done, time.monotonic() - self._start), file=self._stream, flush=True)

    def _line(self, done: int, seconds: float) -> str:
        rate = (done - self._first) / seconds
        if not rate > 0:
            return f"{done} of {self._total} runs"
        left = tqdm.format_interval(max(self._total - done, 0) / rate)
        return f"{done} of {self._total} runs, {f'{rate:.2g}' if rate < 10 else f'{rate:.0f}'} a second, {left} left"


def say(line: str, stream: TextIO | None = None) -> None:
    """Print a line above the progress bars, also above those of the process that started this one."""
    if is_terminal(sys.stderr) and is_terminal(sys.stdout):
        sys.stdout.write("\r\x1b[K")
    stream = sys.stdout if stream is None else stream
    tqdm.write(line, file=stream)
    stream.flush()
