"""``python -m experiments.explore``: the page to choose an architecture in, which is ``hwbench-mo explore``."""

import sys
from collections.abc import Sequence

from hwbench_mo.__main__ import main as hwbench_mo


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 2 for a user's mistake."""
    return hwbench_mo(["explore", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(main())
