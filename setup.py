"""The description of the package on an index: README.md, whose relative links lead nowhere there."""

import re
from pathlib import Path

from setuptools import setup

FILES = ""
"""Where a release's files are on the web, as ``https://HOST/hwbench_mo/blob/v0.3.0/``; empty: they are on no server."""


def described(text: str, files: str) -> str:
    """README with absolute links; without ``files``, pictures of the checkout are left out and its links are words."""
    if files:
        return re.sub(r"\]\((?!https?:|#)([^)\s]+)\)", rf"]({files.rstrip('/')}/\1)", text)
    without = re.sub(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n*", "", text)
    return re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)[^)]*\)", r"\1", without)


if __name__ == "__main__":  # the builder runs it so
    setup(long_description=described(Path(__file__).with_name("README.md").read_text(encoding="utf-8"), FILES))
