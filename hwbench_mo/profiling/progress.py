"""Shows how far a campaign is: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Any, TextIO

from hwbench_mo.profiling.campaign import Status
from hwbench_mo.terminal import is_terminal

SECONDS = 20.0
"""Between two lines of a log."""


class Progress:
    """A context; `show` after each row, `tell` for lines that stay.

    Parameters
    ----------
    title
        What is measured.
    stream
        Where to; standard error by default.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self._title = title
        self._stream = stream or sys.stderr
        self._bar: Any = None
        self._last = time.monotonic()

    def __enter__(self) -> "Progress":
        if is_terminal(self._stream):
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                return self
            self._bar = tqdm(desc=self._title, unit="row", file=self._stream, dynamic_ncols=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, status: Status) -> None:
        """How far it is."""
        text = f"predicted error of latency {status.latency}"
        if self._bar is not None:
            self._bar.total = status.n_expected
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(status.n_rows - self._bar.n)
        elif time.monotonic() - self._last >= SECONDS:
            self._last = time.monotonic()
            self.tell(f"{self._title}: {status.n_rows} of {status.n_expected} rows, {text}")

    def tell(self, line: str) -> None:
        """A line above the bar."""
        if self._bar is not None:
            self._bar.write(line, file=self._stream)
        else:
            print(line, file=self._stream, flush=True)
