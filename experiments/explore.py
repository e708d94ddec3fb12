"""``python -m experiments.explore``: the page to choose an architecture in, which is ``hwbench-mo explore``."""

import sys

from hwbench_mo.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["explore", *sys.argv[1:]]))
