"""What identifies a problem in the files of runs, and the way back from there to the problem."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hwbench_mo.benchmark import load_benchmark
from hwbench_mo.benchmark.load import load_table
from hwbench_mo.errors import InputError
from hwbench_mo.problems.make import make_problem
from hwbench_mo.problems.problem import Problem
from hwbench_mo.spaces import SearchSpace, get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.version import __version__


def provenance(problem: Problem) -> dict[str, Any]:
    """What identifies a problem: version of the package, space, content hash of what answers, and noise."""
    return {
        "hwbench_mo": __version__,
        "space": problem.space.facts,
        "artifact_sha256": problem.benchmark.manifest.get("sha256"),
        "table": problem.benchmark.manifest.get("table"),
        "noise": problem.noise,
        "noise_seed": problem.seed,
        "noise_repeats": problem.repeats,
    }


def problem_of(facts: Mapping[str, Any], objectives: tuple[str, ...]) -> Problem:
    """The problem, without noise, that `provenance` was taken of.

    Raises
    ------
    InputError
        If this installation's artifact is another one than the run's, or the measurements that it was replayed on are
        not where they were, or not what they were; or if the facts are broken.
    """
    try:
        if facts.get("table"):
            return _problem_on_table(facts, objectives)  # which reads again what has changed
        return _problem_on_artifact(json.dumps(facts, sort_keys=True), objectives)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the provenance of a run is broken ({error}); save what simulate returned") from None


@lru_cache(maxsize=64)
def _problem_on_artifact(provenance: str, objectives: tuple[str, ...]) -> Problem:
    facts = json.loads(provenance)
    space = SearchSpace(**facts["space"])
    wanted = facts["artifact_sha256"]
    if wanted is None:
        return make_problem(space, objectives)
    for name in MEASURED:
        benchmark = load_benchmark(name)
        if benchmark.manifest["sha256"] == wanted:
            return make_problem(benchmark if benchmark.space == space else benchmark.restrict(space), objectives)
    raise InputError(
        f"a run on {space.name} was made with artifact {wanted[:12]}…, which hwbench_mo here does not have; "
        f"install the version that made it ({facts['hwbench_mo']}), or run it again"
    )


def _problem_on_table(facts: Mapping[str, Any], objectives: tuple[str, ...]) -> Problem:
    space, folder, wanted = facts["space"], facts["table"]["folder"], facts["artifact_sha256"]
    ran = f"a run on {space['name']} was made with the measurements {wanted[:12]}… in {folder}"
    try:
        benchmark = load_table(get_space(facts["table"]["space"]), folder)
    except InputError as error:
        raise InputError(f"{ran}, which cannot be read: {error}") from None
    found = benchmark.manifest["sha256"]
    if found != wanted:
        raise InputError(f"{ran}, which holds {found[:12]}… now; put them back, or run it again")
    choices = {name: space[name] for name in benchmark.space.full.facts}
    full = SearchSpace(**{**choices, "name": space["full"]})
    return make_problem(benchmark if benchmark.space.full == full else benchmark.restrict(full), objectives)
