"""What documents, configurations and messages name exists: files, commands, targets of make, and extras."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hwbench_mo
from hwbench_mo.__main__ import COMMANDS
from tests.support.imports import PACKAGES, modules
from tests.support.spaces import ROOT
from tests.test_packaging import LISTS

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(path for k in ("docs", "studies", "examples", "measurements") for path in (ROOT / k).rglob("*.md")),
    ]
)
WRITTEN = [*DOCUMENTS, *sorted((ROOT / "conf").rglob("*.yaml")), *(p for k in PACKAGES for p in modules(k).values())]
"""Everything that people read."""
EXAMPLES = ("my_method", "my_device", "my_problem", "my_page", "my_question", "such")
"""What documents call a thing that is not there: their reader is about to add it."""
every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def found(pattern: str, paths: list[Path]) -> Iterator[tuple[str, str]]:
    """What a pattern's group matches, with the file where it does."""
    for path in paths:
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            yield match[1], str(path.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """What links to headings name: small letters and digits, a hyphen a space, and a number from the second on."""
    names: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?)\s*$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), flags=re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        stem = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        names.add(next(name for k in range(99) if (name := f"{stem}-{k}" if k else stem) not in names))
    return names


def test_anchors_are_those_of_viewers() -> None:
    text = "# What `fit` does: 2 steps\n```\n# no heading\n```\n## [Linked](x.md)\n## Linked\n"
    assert anchors(text) == {"what-fit-does-2-steps", "linked", "linked-1"}


@every_document
def test_links_lead_to_files_and_headings(path: Path) -> None:
    for link, _ in found(r"\]\((?!https?:|mailto:)([^)\s]+)", [path]):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


@every_document
def test_paths_in_prose_exist(path: Path) -> None:
    folders = "|".join([*PACKAGES, "conf", "docs"])
    for name, _ in found(rf"[` ]((?:{folders})/[\w./*-]*\w)`", [path]):
        if not any(example in name for example in EXAMPLES):
            assert list(ROOT.glob(name.rstrip("/"))), name


def test_modules_that_are_to_be_run_exist() -> None:
    named = set(found(rf"python -m ((?:{'|'.join(PACKAGES)})[\w.]*\w)", WRITTEN))
    assert any(module == "experiments.run" for module, _ in named)
    for module, where in sorted(named):
        known = modules(module.partition(".")[0])
        path = known.get(f"{module}.__main__", known.get(module))
        assert path is not None, f"{where} names python -m {module}"
        assert '__name__ == "__main__"' in path.read_text(encoding="utf-8"), f"{where} names python -m {module}"


def test_commands_of_the_library_exist() -> None:
    for command, where in found(r"`hwbench-mo ([a-z]\w*)", WRITTEN):
        assert command in COMMANDS, f"{where} names hwbench-mo {command}"


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for target, where in found(r"`?\bmake ([\w-]+)(?: [A-Z]+=[^`]*)?`", WRITTEN):
        assert target in targets, f"{where} names make {target}"


def test_extras_exist() -> None:
    named = set(found(r"(?:'\.|hwbench_mo)\[([\w-]+)\]", WRITTEN))
    assert {extra for extra, _ in named} >= {"botorch", "parallel", "ray"}
    for extra, where in sorted(named):
        assert extra in LISTS or extra in EXAMPLES, f"{where} names the extra {extra}"


def test_the_api_reference_names_every_public_name() -> None:
    groups = {path: path.read_text() for path in (ROOT / "docs" / "api").glob("*.md")}
    lines = [line.strip().removeprefix(".. py:data:: ") for text in groups.values() for line in text.split("\n")]
    missing = [name for name in hwbench_mo.__all__ if name not in {*lines, "__version__", "adapters", "testing"}]
    assert not missing, f"docs/api/ lacks {missing}"


def test_the_overview_of_the_api_links_what_its_groups_list() -> None:
    overview = (ROOT / "docs" / "api.md").read_text()
    for path in (ROOT / "docs" / "api").glob("*.md"):
        (row,) = (item for item in overview.split("\n- ") if f"](api/{path.name})" in item)
        listed = re.findall(r"^(?:   |\.\. py:data:: )([A-Za-z][\w.]*)$", path.read_text(), flags=re.MULTILINE)
        assert sorted(re.findall(r"<hwbench_mo\.([\w.]+)>", row)) == sorted(listed), path.name
        assert f"\napi/{path.stem}\n" in overview, f"docs/api.md lacks {path.stem} in its list"


def test_regrets_of_the_readme_are_those_of_the_study() -> None:
    study = (ROOT / "docs" / "results" / "study.md").read_text()
    rows = {
        part: _rows(study.split(f"<!-- begin {part} -->")[1].split("<!-- end")[0]) for part in ("hundred", "thousand")
    }
    lines = _rows((ROOT / "README.md").read_text().split("## In figures")[1].split("\n## ")[0])
    part, seen = "hundred", 0
    for name, *figures in lines:
        part = "thousand" if "after 1,000 evaluations" in name else part
        if optimizer := re.search(r"`(\w+)`", name):
            (found,) = (row for row in rows[part] if row[0] == optimizer[0])
            assert figures == found[-3:], name
            seen += 1
    assert seen >= 5


def _rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
