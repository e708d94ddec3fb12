"""Progress of what takes long: library code says how far it is, and a command may show it.

A loop is written ``for item in track(items, "what is done"):``. Nothing is shown unless somebody asks: a command runs
its work under ``with bars():``, and where standard error is a terminal, whatever takes longer than `DELAY` seconds has
a bar there, which is gone when it is done. A thread of its own draws the bar, so that a step costs an addition.
"""

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO, TypeVar

from hwbench_mo.terminal import is_terminal

T = TypeVar("T")

DELAY = 0.5
"""Seconds before a bar appears: what is done by then has none."""
EVERY = 0.2
"""Seconds between two looks of the thread that draws."""


class Bar:
    """How far something is; drawn by a thread from `DELAY` seconds on, until it is closed.

    Parameters
    ----------
    title
        What is done.
    total
        Steps in all; None if that is not known.
    stream
        A terminal.
    unit
        What a step is. Without one and without a total, the seconds alone are shown.
    first
        Steps that were done before.
    """

    def __init__(self, title: str, total: int | None, stream: TextIO, unit: str = "", first: int = 0) -> None:
        self._title, self._stream, self._unit = title, stream, unit
        self._first = first
        self.total = total
        self.n = first
        """Steps done."""
        self._drawn: Any = None
        self._start = time.time()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the bar away."""
        self._ended.set()
        self._thread.join()
        if self._drawn is not None:
            self._drawn.close()
            self._drawn = None

    def say(self, line: str, stream: TextIO) -> None:
        """Print a line above the bar."""
        if self._drawn is None:
            print(line, file=stream, flush=True)
        else:
            self._drawn.write(line, file=stream)
            stream.flush()

    def _draw(self) -> None:
        if self._ended.wait(DELAY):
            return
        try:
            from tqdm import tqdm
        except ModuleNotFoundError:
            return
        self._drawn = tqdm(
            desc=self._title,
            total=self.total,
            file=self._stream,
            unit=self._unit or "step",
            initial=self._first,
            bar_format=None if self.total is not None or self._unit else "{desc} … {elapsed}",
            leave=False,
            dynamic_ncols=True,
            delay=1e-9,  # it is drawn below, with the seconds from the start
        )
        self._drawn.start_t = self._start
        while True:
            self._drawn.total, self._drawn.n = self.total, self.n
            self._drawn.refresh()
            if self._ended.wait(EVERY):
                return


class Bars:
    """The bars of a command, one at a time: what is done within a step of another has none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.bar: Bar | None = None

    def open(self, title: str, total: int | None, unit: str, first: int = 0) -> Bar | None:
        """A new bar; None if there is one."""
        if self.bar is not None:
            return None
        self.bar = Bar(title, total, self._stream, unit, first)
        return self.bar

    def close(self) -> None:
        """Take away the bar that is there."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


_shown: ContextVar[Bars | None] = ContextVar("bars", default=None)


@contextmanager
def bars(stream: TextIO | None = None, *, shown: bool = True) -> Iterator[None]:
    """Show the progress of what is done in the block, in this thread; nothing where there is no terminal.

    Parameters
    ----------
    stream
        Standard error by default.
    shown
        False shows nothing: of several processes, one shows how far they are.
    """
    stream = sys.stderr if stream is None else stream
    if not shown or not is_terminal(stream):
        yield
        return
    several = Bars(stream)
    token = _shown.set(several)
    try:
        yield
    finally:  # also of a loop that an error left
        several.close()
        _shown.reset(token)


def track(items: Iterable[T], title: str, *, total: int | None = None, unit: str = "step") -> Iterable[T]:
    """The same items, whose progress `bars` shows.

    Parameters
    ----------
    title
        What is done, for people.
    total
        How many there are; by default their ``len``, if they have one.
    unit
        What one of them is.

    Examples
    --------
    >>> list(track([1, 2, 3], "count"))
    [1, 2, 3]
    """
    shown = _shown.get()
    if shown is None or shown.bar is not None:
        return items
    if total is None and isinstance(items, Sized):
        total = len(items)
    return _tracked(items, shown, title, total, unit)


def _tracked(items: Iterable[T], shown: Bars, title: str, total: int | None, unit: str) -> Iterator[T]:
    bar = shown.open(title, total, unit)
    try:
        for item in items:
            yield item
            if bar is not None:
                bar.n += 1
    finally:
        if bar is not None and shown.bar is bar:
            shown.close()


@contextmanager
def steps(title: str, total: int | None = None, *, unit: str = "", first: int = 0) -> Iterator["Steps"]:
    """Progress of what is no loop: the block calls what it is given after each step.

    Examples
    --------
    >>> with steps("fit", 2) as done:
    ...     done()
    ...     done()
    """
    shown = _shown.get()
    bar = None if shown is None else shown.open(title, total, unit, first)
    try:
        yield Steps(bar)
    finally:
        if bar is not None and shown is not None and shown.bar is bar:
            shown.close()


class Steps:
    """Called after each step, with how many it was."""

    def __init__(self, bar: Bar | None = None) -> None:
        self._bar = bar

    def __call__(self, n: int = 1) -> None:
        if self._bar is not None:
            self._bar.n += n

    def at(self, n: int) -> None:
        """So many are done."""
        if self._bar is not None:
            self._bar.n = n


def say(line: str, stream: TextIO | None = None) -> None:
    """Print a line, above the bar if there is one.

    >>> say("done")
    done
    """
    stream = sys.stdout if stream is None else stream
    shown = _shown.get()
    if shown is None or shown.bar is None:
        print(line, file=stream, flush=True)
    else:
        shown.bar.say(line, stream)
