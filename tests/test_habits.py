"""What contributors are told and what runs for them: CONTRIBUTING.md, pre-commit, the workflow, forms for issues."""

import os
import re
from typing import Any

from omegaconf import OmegaConf

from tests.support.spaces import ROOT


def yaml(path: str) -> dict[str, Any]:
    """The content of a file of the checkout."""
    found = OmegaConf.to_container(OmegaConf.load(ROOT / path))
    assert isinstance(found, dict)
    return {str(name): value for name, value in found.items()}


def test_pre_commit_does_what_make_format_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(r"^format:.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)
    sources = re.search(r"^SOURCES := (.*)$", makefile, flags=re.MULTILINE)
    assert recipe
    assert sources
    wanted = re.findall(r"\$\(BIN\)/(.*) \$\(SOURCES\)", recipe[1])

    configured = yaml(".pre-commit-config.yaml")
    entries = [hook["entry"] for repository in configured["repos"] for hook in repository["hooks"]]
    assert [entry.replace(".venv/bin/", "").replace(" --force-exclude", "") for entry in entries] == wanted
    pattern = re.compile(str(configured["files"]))
    assert all(pattern.match(f"{folder}/x.py") for folder in sources[1].split())
    assert not pattern.match("README.md")


def test_the_workflow_runs_what_a_contributor_runs() -> None:
    workflow = yaml(".github/workflows/ci.yml")
    commands = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    assert commands == [".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)


def test_forms_for_issues_ask_for_something() -> None:
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) >= 2
    for path in forms:
        form = yaml(str(path.relative_to(ROOT)))
        assert form["name"]
        assert form["description"]
        assert all(field["attributes"]["label"] for field in form["body"])


def test_contributors_find_the_one_place() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().split("\n## The one place\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    kinds = {row[0]: row[1:] for row in rows[1:]}
    assert {"an optimizer", "a device", "a metric", "a page"} <= set(kinds)
    for kind, (places, test, command) in kinds.items():
        assert re.search(r"`[\w./]+`", places), kind
        for name in re.findall(r"`(tests/[\w/.]+)`", test):
            assert (ROOT / name).exists(), f"{kind}: {name}"
        assert re.search(r"`(make|pytest|python) [^`]+`", command), kind
