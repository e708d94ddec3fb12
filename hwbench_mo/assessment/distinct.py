"""Runs once each: copies of a run count once, and two results that claim to be one run are refused."""

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
    return [run for _, run in identified(trajectories)]


def identified(trajectories: Iterable[Trajectory]) -> Iterator[tuple[str, Trajectory]]:
    """As `distinct`, one after the other, each with its identity; of a run without one, the hash of its result."""
    results: dict[str, bytes] = {}
    for run in trajectories:
        result = _hash_of(run)
        identity = str(run.provenance.get("identity") or result.hex())
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
