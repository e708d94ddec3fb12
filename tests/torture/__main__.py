"""``python -m tests.torture [--scale 1.0] [--seed 0]``: all attacks; the exit status is 1 if one went wrong."""

import argparse
import sys
import time

from tests.torture.calls import fuzz
from tests.torture.flips import flip_artifacts, flip_runs
from tests.torture.folders import break_folders
from tests.torture.kills import kill_sweeps
from tests.torture.pickles import break_pickles

ATTACKS = {
    fuzz: 100_000,
    flip_runs: 20_000,
    flip_artifacts: 2_000,
    break_folders: 6_000,
    break_pickles: 20_000,
    kill_sweeps: 60,
}
"""How many of each are tried at scale 1."""


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of attacks")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    n_wrong = 0
    for attack, n in ATTACKS.items():
        start = time.perf_counter()
        tally = attack(max(2, int(n * options.scale)), options.seed)
        print(f"{tally} ({time.perf_counter() - start:.0f} s)", *tally.failures, sep="\n  ", flush=True)
        n_wrong += tally.counts["wrong"]
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
