"""A former name: the command ``python -m hwbench_mo.fitting.import_upstream`` is now ``hwbench-mo import``."""

import sys

from hwbench_mo.errors import InputError, report

if __name__ == "__main__":
    sys.exit(report(InputError("this command is now: hwbench-mo import GIT_DIR OUT")))
