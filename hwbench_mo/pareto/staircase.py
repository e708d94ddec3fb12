"""The front of two objectives as a staircase that grows point by point."""

from bisect import bisect_left

MOST = 512
"""Points of a chunk; inserting into one list of all of them would move half of them each time."""


class Staircase:
    """The area that non-dominated points ``(x, y)`` dominate, up to a reference point; both are minimised.

    Points are kept in chunks in ascending order of x, so that adding one of n points takes about the square root of n.

    Examples
    --------
    >>> staircase = Staircase(3.0, 3.0)
    >>> staircase.add(2.0, 2.0), staircase.add(1.0, 2.5), staircase.add(0.0, 0.0)
    (1.0, 0.5, 7.5)
    """

    def __init__(self, x_end: float, y_end: float) -> None:
        self._x_end, self._y_end = x_end, y_end
        self._xs: list[list[float]] = [[]]
        self._ys: list[list[float]] = [[]]  # descending, over all chunks
        self._last: list[float] = [float("inf")]
        """The greatest x of each chunk; of the last one, infinity: what is beyond all points goes there."""

    def add(self, x: float, y: float) -> float:
        """How much the area grows by a point that dominates the reference and that no point so far dominates."""
        home = bisect_left(self._last, x)
        xs, ys = self._xs[home], self._ys[home]
        at = bisect_left(xs, x)
        if 0 < at < len(xs) and ys[at] < y:  # between two points of one chunk, which stay: most often
            gained = (xs[at] - x) * (ys[at - 1] - y)
            xs.insert(at, x)
            ys.insert(at, y)
            if len(xs) > MOST:
                self._settle(home)
            return gained
        return self._add_elsewhere(x, y, home, at)

    def _add_elsewhere(self, x: float, y: float, home: int, at: int) -> float:
        """At the end of a chunk, or where points are to go."""
        chunk, place = home, at
        top = self._ys[home][at - 1] if at else self._ys[home - 1][-1] if home else self._y_end
        gained, left, right = 0.0, x, self._x_end
        while chunk < len(self._xs):
            xs, ys = self._xs[chunk], self._ys[chunk]
            end = place
            while end < len(xs) and ys[end] >= y:
                gained += (xs[end] - left) * (top - y)
                left, top = xs[end], ys[end]
                end += 1
            del xs[place:end], ys[place:end]
            if place < len(xs):
                right = xs[place]
                break
            if not xs and chunk != home:
                self._drop(chunk)
            else:
                chunk += 1
            place = 0
        self._xs[home].insert(at, x)
        self._ys[home].insert(at, y)
        self._settle(home)
        return gained + (right - left) * (top - y)

    def _drop(self, chunk: int) -> None:
        del self._xs[chunk], self._ys[chunk], self._last[chunk]
        self._last[-1] = float("inf")

    def _settle(self, chunk: int) -> None:
        """Say anew where a chunk ends, and halve one that is full."""
        xs, ys = self._xs[chunk], self._ys[chunk]
        if len(xs) > MOST:
            half = len(xs) // 2
            self._xs[chunk : chunk + 1] = [xs[:half], xs[half:]]
            self._ys[chunk : chunk + 1] = [ys[:half], ys[half:]]
            self._last.insert(chunk, xs[half - 1])
            chunk += 1
        if chunk < len(self._last) - 1:
            self._last[chunk] = self._xs[chunk][-1]

    @property
    def points(self) -> list[tuple[float, float]]:
        """Those that are left, in ascending order of x."""
        return [point for xs, ys in zip(self._xs, self._ys, strict=True) for point in zip(xs, ys, strict=True)]
