"""``python -m hwbench_mo.fitting MEASUREMENTS OUT``: fit every space and write its artifact."""

import argparse
import sys
from pathlib import Path

from hwbench_mo.errors import InputError, report
from hwbench_mo.fitting.fit import fit_folder


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m hwbench_mo.fitting", description=__doc__)
    parser.add_argument("measurements", type=Path, help="folder of measurements, one folder a space")
    parser.add_argument("out", type=Path, help="folder to write; it must not exist")
    options = parser.parse_args(arguments)
    try:
        for path in fit_folder(options.measurements, options.out):
            print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
    except InputError as error:
        return report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
