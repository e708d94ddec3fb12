"""A former name: the command ``python -m hwbench_mo.fitting.evaluate`` is now ``hwbench-mo validate``."""

import sys

from hwbench_mo.errors import InputError, report

if __name__ == "__main__":
    sys.exit(report(InputError("this command is now: hwbench-mo validate MEASUREMENTS")))
