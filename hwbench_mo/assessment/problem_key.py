"""Which runs are of one problem, and are compared with each other."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

FACTS = ("space", "artifact_sha256", "noise", "noise_repeats")
"""Of the provenance of a run."""


def problem_facts(provenance: Mapping[str, Any], objectives: Sequence[str], /) -> dict[str, Any]:
    """What decides which problem a run is of: space, objectives, the tables that answered,
    constraints and noise."""
    named, own = provenance.get("devices"), provenance.get("metrics")
    devices, metrics = (told if isinstance(told, Mapping) else {} for told in (named, own))
    return {
        "objectives": list(objectives),
        **{name: provenance.get(name) for name in FACTS},
        **({"constraints": told} if (told := provenance.get("constraints")) else {}),
        # Of metrics of one's own the hashes of their functions, and what a value means.
        **({"metrics": {name: dict(one) for name, one in metrics.items()}} if metrics else {}),
        # The content hashes of device tables, wherever they lay.
        "devices": {name: one.get("sha256") if isinstance(one, Mapping) else None for name, one in devices.items()},
    }


def problem_key(facts: Mapping[str, Any], /) -> str:
    """The same for all runs of a problem, in an order by space and objectives.

    >>> facts = problem_facts({"space": {"name": "gpt_s"}, "noise": "none"}, ["perplexity", "params"])
    >>> problem_key(facts).startswith('["gpt_s", ["perplexity", "params"]')
    True
    """
    return json.dumps([space_of(facts), facts["objectives"], facts], sort_keys=True)


def space_of(facts: Mapping[str, Any], /) -> str | None:
    """The name of the space."""
    space = facts.get("space")
    name = space.get("name") if isinstance(space, Mapping) else None
    return None if name is None else str(name)


def noise_of(facts: Mapping[str, Any], /) -> str:
    """What the optimizers observed, if they did not observe noise-free values: ``means of 2 noisy measurements``."""
    if (facts.get("noise") or "none") == "none":
        return ""
    n = facts.get("noise_repeats") or 1
    return "noisy measurements" if n == 1 else f"means of {n} noisy measurements"
