"""What the harness adds to the same algorithm run bare: both in turn, by processor time, medians and their ratios."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable


def cpu_seconds(run: Callable[[], object]) -> float:
    """Processor time of a call on one thread, which busy cores disturb less than the clock."""
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int) -> None:
    """Print the medians, and the median of the ratios. Run both once before, so that imports are not timed."""
    pairs = [(cpu_seconds(ours), cpu_seconds(theirs)) for _ in range(rounds)]
    own, bare = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    added = 100 * (statistics.median(a / b for a, b in pairs) - 1)
    print(f"\n    {name}: {own:.0f} ms, bare {bare:.0f} ms, overhead {added:+.1f} %")


def seconds_of_python(*arguments: str) -> tuple[float, float]:
    """Seconds of a command by the clock, and processor seconds of all its processes; its output is dropped."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
