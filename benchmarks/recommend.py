"""How long a recommendation takes: ``python -m benchmarks.recommend``.

Cold: the first of a new process, after the import, with the tables yet to be read and no front kept on disk. Warm:
others like it in the same process, medians; each has other limits. By the clock, and by processor time, which busy
cores disturb less.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress

from hwbench_mo import InfeasibleError, recommend
from hwbench_mo.spaces.catalogue import MEASURED

LIMITS = {
    "gpt_s": {"latency@rtx3080": 25.0, "memory_bfloat16": 500.0, "energy@rtx3080": 0.002, "accuracy": 0.36},
    "gpt_m": {"latency@rtx3080": 40.0, "memory_bfloat16": 900.0, "energy@rtx3080": 0.006, "accuracy": 0.38},
    "gpt_l": {"latency@rtx3080": 30.0, "memory_bfloat16": 2500.0, "energy@rtx3080": 0.03, "accuracy": 0.4},
}
ASKED = {
    "one limit": (["latency@rtx3080"], {}),
    "two limits": (["latency@rtx3080", "memory_bfloat16"], {}),
    "three limits": (["latency@rtx3080", "memory_bfloat16", "energy@rtx3080"], {}),
    "two limits and accuracy": (["latency@rtx3080", "memory_bfloat16", "accuracy"], {}),
    "medians, two limits": (["latency@rtx3080", "memory_bfloat16"], {"confidence": None}),
    "greatest accuracy": (["latency@rtx3080", "memory_bfloat16"], {"maximise": "accuracy"}),
    "no limits": ([], {}),
}


def once(space: str, asked: str, share: float = 1.0) -> tuple[float, float]:
    """Seconds by the clock and of the processor, with limits that are multiplied by a share."""
    names, more = ASKED[asked]
    shares = {name: 1.0 if name == "accuracy" else share for name in names}
    limits = {name: shares[name] * LIMITS[space][name] for name in names}
    start, before = time.perf_counter(), time.process_time()
    with suppress(InfeasibleError):  # which takes its time, too
        recommend(space, limits=limits, **more)  # type: ignore[arg-type]
    return time.perf_counter() - start, time.process_time() - before


def infeasible(space: str) -> tuple[float, float]:
    """The same where nothing is feasible."""
    once(space, "two limits")
    return once(space, "two limits", 0.1)


def main() -> None:
    """Print a row a space and question."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recommend")
    parser.add_argument("--space", choices=MEASURED, nargs="*", default=MEASURED)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cold", nargs=2, metavar=("SPACE", "ASKED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold:
        print(*once(*options.cold))
        return
    print("| space | asked | cold, s | of processor | warm, s | of processor |\n| --- | --- | --: | --: | --: | --: |")
    for space in options.space:
        for asked in ASKED:
            command = [sys.executable, "-m", "benchmarks.recommend", "--cold", space, asked]
            environment = {**os.environ, "HWBENCH_MO_CACHE": ""}
            cold = [
                tuple(
                    map(float, subprocess.run(command, check=True, capture_output=True, env=environment).stdout.split())
                )
                for _ in range(3)
            ]
            once(space, asked)
            warm = [once(space, asked, 0.8 + 0.4 * i / options.rounds) for i in range(options.rounds)]
            told = [statistics.median(column) for times in (cold, warm) for column in zip(*times, strict=True)]
            print(f"| {space} | {asked} | {' | '.join(f'{seconds:.3f}' for seconds in told)} |", flush=True)
        print(
            f"| {space} | two limits, infeasible | | | {' | '.join(f'{s:.3f}' for s in infeasible(space))} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
