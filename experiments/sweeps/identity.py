"""What decides the result of a run: its identity is the hash of all of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Protocol, runtime_checkable

from hwbench_mo import Optimizer, Problem, __version__
from hwbench_mo.problems import device_tables, provenance
from hwbench_mo.sources import hash_of_sources
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


def code_of(*parts: object) -> list[str]:
    """Of each object, the hash of the source of its class's module, and of what that imports from its own package,
    from ``optimizers`` and from ``hwbench_mo``. Comments and docstrings do not count."""
    modules = [type(part).__module__ for part in parts]
    return [hash_of_sources(name, (name.partition(".")[0], "optimizers", "hwbench_mo")) for name in modules]


def identity_of(
    config: Mapping[str, Any],
    problem: Problem,
    versions: Mapping[str, str],
    code: Sequence[str],
    *,
    targets: Sequence[str] = (),
) -> str:
    """The hash of what decides the result of a run.

    Parameters
    ----------
    config
        The settings, resolved, without what cannot change the result, such as where it goes.
    problem
        What answers.
    versions
        Those of libraries.
    code
        Hashes of the sources of what runs: the optimizer and the cost.
    targets
        Names of the targets that decide the cost, besides the objectives.
    """
    facts = provenance(problem)
    table = facts["table"] and {key: value for key, value in facts["table"].items() if key != "folder"}
    answers = {"artifact": facts["artifact_sha256"], "space": facts["space"], "table": table}
    used = device_tables(problem.benchmark, [*problem.objectives, *problem.constraints, *targets])
    answers |= {"devices": {name: own["sha256"] for name, own in used.items()}} if used else {}
    answers |= {"metrics": facts["metrics"]} if "metrics" in facts else {}
    settings = json.loads(json.dumps(config))
    for name in ("devices", "metrics"):  # paths and names of modules; what is there and used is in these hashes
        settings["problem"].pop(name, None)
    if table:
        settings["problem"].pop("table", None)  # a path; what lies there is in the artifact's hash
    decisive = {"settings": settings, "answers": answers, "versions": dict(versions), "code": list(code)}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
