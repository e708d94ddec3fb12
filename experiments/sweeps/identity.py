"""What decides the result of a run: its identity is the hash of all of it."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Protocol, runtime_checkable

from hwbench_mo import Optimizer, Problem, __version__
from hwbench_mo.problems import provenance
from optimizers.shared import Library


@runtime_checkable
class Adapts(Protocol):
    """An optimizer that says which library runs it. One without the attribute is its own."""

    library: Library | None


def versions_of(optimizer: Optimizer) -> dict[str, str]:
    """Versions of everything that decides what an optimizer proposes."""
    library = optimizer.library if isinstance(optimizer, Adapts) else None
    of_library = library.versions() if isinstance(library, Library) else {}
    return {"hwbench_mo": __version__, "numpy": version("numpy"), **of_library}


def identity_of(config: Mapping[str, Any], problem: Problem, versions: Mapping[str, str]) -> str:
    """The hash of what decides the result of a run: its settings, what answers it, and the versions of what runs it.

    Parameters
    ----------
    config
        Resolved, without what cannot change the result, such as where it goes.
    """
    facts = provenance(problem)
    table = facts["table"] and {key: value for key, value in facts["table"].items() if key != "folder"}
    answers = {"artifact": facts["artifact_sha256"], "space": facts["space"], "table": table}
    settings = json.loads(json.dumps(config))
    if table:
        settings["problem"].pop("table", None)  # a path; what lies there is in the artifact's hash
    decisive = {"settings": settings, "answers": answers, "versions": dict(versions)}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
