"""The text of the demonstration of supernets: ``python -m studies.supernet_text UNPACKED OUT``.

UNPACKED holds a folder for each of `PACKAGES` of Debian 12, as ``apt-get download PACKAGE`` and
``dpkg -x PACKAGE_*.deb UNPACKED/PACKAGE`` make it. OUT becomes a folder with one Parquet file, a document a row: HTML
without its tags, reStructuredText and POD as they are. The text is not redistributed here.
"""

import argparse
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PACKAGES = {
    "linux-doc-6.1": ("6.1.192-2", "GPL-2"),
    "python3.11-doc": ("3.11.2-6+deb12u9", "PSF-2"),
    "postgresql-doc-15": ("15.20-0+deb12u1", "PostgreSQL"),
    "perl-doc": ("5.36.0-7+deb12u4", "GPL-1+ or Artistic"),
    "sqlite3-doc": ("3.40.1-2+deb12u2", "public domain"),
    "libboost1.81-doc": ("1.81.0-5+deb12u1", "BSL-1.0"),
    "git-doc": ("1:2.39.5-0+deb12u3", "GPL-2"),
    "r-doc-html": ("4.2.2.20221110-2", "GPL-2"),
    "apache2-doc": ("2.4.71-1~deb12u1", "Apache-2.0"),
    "debian-reference-en": ("2.100", "GPL-2+"),
    "debian-handbook": ("11.20220922", "GPL-2+ or CC-BY-SA-3.0"),
    "octave-doc": ("7.3.0-2", "GPL-3+"),
    "maxima-doc": ("5.46.0-11", "GPL-2+"),
}
"""Versions and main licences, as their files ``copyright`` have them."""
SKIPPED = {"script", "style", "nav", "head", "svg"}
BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "pre", "br", "dt", "dd", "table", "ul", "ol", "section"}
LEAST = 400
"""Characters of a document."""


class Text(HTMLParser):
    """The text of a page, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Text within some tags is left out."""
        if tag in SKIPPED:
            self._skipped += 1
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A block ends with a line."""
        if tag in SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._skipped:
            self.parts.append(data)


def without_tags(page: str) -> str:
    """The text of an HTML page.

    >>> without_tags("<head><title>x</title></head><p>One &amp; <b>two</b>.</p><p>Three.</p>")
    'One & two.\\n\\nThree.'
    """
    parser = Text()
    parser.feed(page)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", "".join(parser.parts))).strip()


def text_of(package: str, path: Path) -> str | None:
    """The text of a file of a package; None if it holds none."""
    name = path.name.removesuffix(".gz")
    extension = name.rpartition(".")[2]
    unwanted = (
        ("changelog" in name.lower() and package != "python3.11-doc")
        or (package == "debian-handbook" and "/en-US/" not in str(path))
        or (package == "apache2-doc" and not name.endswith((".html.en", ".html")))
        or (package == "linux-doc-6.1" and extension == "html")
    )
    plain = extension in ("rst", "pod") or (extension == "txt" and package in ("linux-doc-6.1", "git-doc"))
    if unwanted or not (plain or extension in ("html", "htm", "en")):
        return None
    data = path.read_bytes()
    found = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")
    return found.strip() if plain else without_tags(found)


def main() -> None:
    """Write the Parquet file."""
    parser = argparse.ArgumentParser(prog="python -m studies.supernet_text")
    parser.add_argument("unpacked", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    texts: dict[str, None] = {}
    for package, (version, licence) in PACKAGES.items():
        before, characters = len(texts), sum(map(len, texts))
        for path in sorted((options.unpacked / package).rglob("*")):
            if path.is_file() and not path.is_symlink():
                text = text_of(package, path)
                if text and len(text) >= LEAST:
                    texts[text] = None
        added = sum(map(len, texts)) - characters
        print(f"{package} {version} ({licence}): {len(texts) - before} documents, {added / 1e6:.1f} million characters")
    options.out.mkdir(parents=True)
    pq.write_table(pa.table({"text": list(texts)}), options.out / "documents.parquet", compression="zstd")


if __name__ == "__main__":
    main()
