"""Runs, each once: copies of a run say nothing more of an optimizer than one of them."""

import hashlib
import json
from collections.abc import Iterable, Iterator

import numpy as np

from hwbench_mo.assessment.settings import name_of
from hwbench_mo.errors import InputError
from hwbench_mo.simulation.trajectory import Trajectory


def distinct(trajectories: Iterable[Trajectory]) -> list[Trajectory]:
    """The runs, each once: two files of one run are one run, and say nothing more of an optimizer than one.

    Raises
    ------
    InputError
        If two different results have the same identity, the hash of what decides a result.
    """
    return [run for _, run in distinct_with_identity(trajectories)]


def distinct_with_identity(trajectories: Iterable[Trajectory]) -> Iterator[tuple[str, Trajectory]]:
    """As `distinct`, one after the other, each with its identity (`identity_of`)."""
    results: dict[str, bytes] = {}
    for run in trajectories:
        result = _hash_of(run)
        identity = identity_of(run, result=result)
        if identity not in results:
            results[identity] = result
            yield identity, run
        elif results[identity] != result:
            raise InputError(
                f"two different results claim to be the run {identity[:12]}…, {name_of(run)} with seed "
                f"{run.config.get('seed')} on {'-'.join(run.objectives)}: delete the wrong one"
            )


def _hash_of(run: Trajectory) -> bytes:
    """Of all that a run says, but for its codes, which runs of a folder are read without."""
    facts = [run.objectives, run.config, run.provenance]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for array in (run.values, run.centre, run.finish_times, run.start_times, run.repeats, run.violations):
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


def identity_of(run: Trajectory, /, *, result: bytes | None = None) -> str:
    """The hash of what decides the result of a run; of a run that does not name it, that of the ``result``."""
    return str(run.provenance.get("identity") or (result or _hash_of(run)).hex())
