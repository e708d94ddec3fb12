"""What identifies a problem in the files of runs, and the way back from there to the problem."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from hwbench_mo.benchmark import Benchmark, BlackBox, Metric, load_benchmark
from hwbench_mo.benchmark.device_tables import Paths
from hwbench_mo.benchmark.load import load_table, named_space
from hwbench_mo.errors import InputError
from hwbench_mo.problems.make import make_problem
from hwbench_mo.problems.problem import Problem
from hwbench_mo.spaces import SearchSpace
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import Target
from hwbench_mo.version import __version__


def provenance(problem: Problem) -> dict[str, Any]:
    """What identifies a problem: version of the package, space, content hashes of what answers, and noise."""
    own = device_tables(problem.benchmark, [*problem.objectives, *problem.constraints])
    return {
        "hwbench_mo": __version__,
        "space": problem.space.facts,
        "artifact_sha256": problem.benchmark.manifest.get("sha256"),
        "table": problem.benchmark.manifest.get("table"),
        "noise": problem.noise,
        "noise_seed": problem.seed,
        "noise_repeats": problem.repeats,
        **({"devices": own} if own else {}),
        **({"metrics": told} if (told := own_metrics(problem)) else {}),
        **({"constraints": dict(problem.constraints)} if problem.constraints else {}),
    }


def own_metrics(problem: Problem) -> dict[str, dict[str, Any]]:
    """Of the metrics of one's own that a problem names: unit, direction, cost, and the hash of the function."""
    known: Mapping[str, Metric] = getattr(problem.benchmark, "metrics", {})
    return {name: known[name].facts for name in sorted({*problem.objectives, *problem.constraints}) if name in known}


def device_tables(benchmark: BlackBox, targets: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of the devices that targets name and that have tables of their own: content hash and path, by name."""
    told = benchmark.manifest.get("devices") or {}
    parts = [part for name in targets for part in Target.parse(name).parts]
    names = {part.device for part in parts if part.device}
    return {name: {key: told[name][key] for key in ("sha256", "path")} for name in sorted(names) if has_own(told, name)}


def has_own(told: Mapping[str, Any], device: str) -> bool:
    """Whether a manifest tells of a device's own tables, rather than of its protocol alone."""
    return bool(told.get(device, {}).get("sha256"))


def problem_of(
    facts: Mapping[str, Any],
    objectives: tuple[str, ...],
    *,
    devices: Paths | None = None,
    metrics: Sequence[Metric] = (),
) -> Problem:
    """The problem, without noise, that `provenance` was taken of.

    Parameters
    ----------
    facts
        The provenance.
    objectives
        Names of the objectives.
    devices
        Where device tables are now, if they are not where they were.
    metrics
        The metrics of one's own that the problem names, and maybe others: files hold no functions.

    Raises
    ------
    InputError
        If a metric of one's own is not given, or is not what it was; if this installation's artifact is another one
        than the run's, or the measurements that it was replayed on, or the device tables that it used, are not where
        they were, or not what they were; or if the facts are broken.
    """
    try:
        own = _given(facts, metrics)
        if facts.get("table"):
            return _problem_on_table(facts, objectives, own)  # which reads again what has changed
        if facts.get("devices"):
            return _problem_with_devices(facts, objectives, devices, own)  # likewise
        return _problem_on_artifact(json.dumps(facts, sort_keys=True), objectives, own)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the provenance of a run is broken ({error}); save what simulate returned") from None


def _given(facts: Mapping[str, Any], metrics: Sequence[Metric]) -> tuple[Metric, ...]:
    """The metrics of one's own that a run names, if they are what they were."""
    given, found = {metric.name: metric for metric in metrics}, []
    for name, told in (facts.get("metrics") or {}).items():
        ran = f"a run on {facts['space']['name']} names {name!r}, a metric of one's own"
        if name not in given:
            raise InputError(
                f"{ran}, and files hold no functions: give it, metrics=[hb.Metric(name={name!r}, …)], or to a command "
                f"--metrics my_package.{name}"
            )
        for fact, here in given[name].facts.items():
            if told[fact] != here:
                raise InputError(f"{ran}, whose {fact} was {_short(told[fact])}, but is {_short(here)}; run it again")
        found.append(given[name])
    return tuple(found)


def _short(fact: object) -> str:
    return f"{fact[:12]}…" if isinstance(fact, str) and len(fact) > 12 else repr(fact)


@lru_cache(maxsize=64)
def _problem_on_artifact(provenance: str, objectives: tuple[str, ...], metrics: tuple[Metric, ...]) -> Problem:
    facts = json.loads(provenance)
    space = SearchSpace(**facts["space"])
    if facts["artifact_sha256"] is None:
        return make_problem(space, objectives, constraints=facts.get("constraints"), metrics=metrics)
    return _on_space(facts, _shipped(facts), objectives, metrics)


def _on_space(
    facts: Mapping[str, Any], benchmark: Benchmark, objectives: tuple[str, ...], metrics: Sequence[Metric]
) -> Problem:
    space = SearchSpace(**facts["space"])
    own = benchmark if benchmark.space == space else benchmark.restrict(space)
    return make_problem(own, objectives, constraints=facts.get("constraints"), metrics=metrics)


def _shipped(facts: Mapping[str, Any]) -> Benchmark:
    """The benchmark of this installation that a run was made with."""
    wanted = facts["artifact_sha256"]
    for name in MEASURED:
        benchmark = load_benchmark(name)
        if benchmark.manifest["sha256"] == wanted:
            return benchmark
    raise InputError(
        f"a run on {facts['space']['name']} was made with artifact {wanted[:12]}…, which hwbench_mo here does not "
        f"have; install the version that made it ({facts['hwbench_mo']}), or run it again"
    )


def _problem_with_devices(
    facts: Mapping[str, Any], objectives: tuple[str, ...], devices: Paths | None, metrics: Sequence[Metric]
) -> Problem:
    benchmark = _shipped(facts)
    space = benchmark.space.name
    shipped = benchmark.manifest.get("devices") or {}
    named = {} if devices is None else load_benchmark(space, devices=devices).manifest["devices"]
    paths = []
    for name, one in facts["devices"].items():
        wanted = one["sha256"]
        if _hash_of(shipped, name) == wanted:
            continue
        ran = f"a run on {facts['space']['name']} was made with the tables {wanted[:12]}… of {name}"
        if has_own(shipped, name):
            raise InputError(f"{ran}, but hwbench_mo here ships {_hash_of(shipped, name)[:12]}…; run it again")
        path = named[name]["path"] if _hash_of(named, name) == wanted else one["path"]
        try:
            found = load_benchmark(space, devices=[path]).manifest["devices"]
        except InputError as error:
            raise InputError(f"{ran} in {path}, which cannot be read: {error}") from None
        if _hash_of(found, name) != wanted:
            here = f"{_hash_of(found, name)[:12]}…" if has_own(found, name) else "another device"
            raise InputError(f"{ran} in {path}, which holds {here} now; put them back, or run it again")
        paths.append(path)
    if paths:
        benchmark = load_benchmark(space, devices=paths)
    return _on_space(facts, benchmark, objectives, metrics)


def _hash_of(told: Mapping[str, Any], device: str) -> str:
    return str(told.get(device, {}).get("sha256") or "")


def _problem_on_table(facts: Mapping[str, Any], objectives: tuple[str, ...], metrics: Sequence[Metric]) -> Problem:
    space, folder, wanted = facts["space"], facts["table"]["folder"], facts["artifact_sha256"]
    ran = f"a run on {space['name']} was made with the measurements {wanted[:12]}… in {folder}"
    try:
        benchmark = load_table(named_space(facts["table"]["space"], table=folder), folder)
    except InputError as error:
        raise InputError(f"{ran}, which cannot be read: {error}") from None
    found = benchmark.manifest["sha256"]
    if found != wanted:
        raise InputError(f"{ran}, which holds {found[:12]}… now; put them back, or run it again")
    choices = {name: space[name] for name in benchmark.space.full.facts}
    full = SearchSpace(**{**choices, "name": space["full"]})
    own = benchmark if benchmark.space.full == full else benchmark.restrict(full)
    return make_problem(own, objectives, constraints=facts.get("constraints"), metrics=metrics)
