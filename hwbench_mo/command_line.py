"""What all command lines share: a mistake is answered in one line."""

import argparse
import sys
from typing import NoReturn

from hwbench_mo.errors import InputError, report


class Parser(argparse.ArgumentParser):
    """Answers a mistake in one line, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        sys.exit(report(InputError(f"{message}; see {self.prog} --help")))
