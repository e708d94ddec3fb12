"""Baselines that ship: the study's curves, read from one file, which is data and carries a checksum.

`beside` says which of them are set beside a user's own runs, `baselines_writer` writes such a file.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.assessment.baselines_format import (
    CHECKSUM,
    FORMAT,
    JUDGED,
    KEY,
    NUMBERS,
    QUANTITIES,
    WORDS,
    bits_of,
    checksum,
    lists_of,
    scales,
)
from hwbench_mo.assessment.beside import Baselines, Members
from hwbench_mo.assessment.checkpoints import checkpoints
from hwbench_mo.assessment.curve_codec import values_of
from hwbench_mo.assessment.problem_key import problem_key
from hwbench_mo.assessment.run_curves import TARGETS, RunCurves
from hwbench_mo.assessment.settings import name_in, settings_in
from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.typing import Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

SHIPPED = Path(__file__).resolve().parents[1] / "artifacts" / "baselines.parquet"


def load_baselines(path: str | PathLike[str] | None = None, /) -> Baselines:
    """The curves of all optimizers of the study, or those of a file that ``studies.main_study`` wrote.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> trajectories = []  # of your own optimizer
    >>> hb.compare(trajectories, baselines=load_baselines())
    []

    Raises
    ------
    InputError
        If the file is missing, damaged or of another version.
    """
    return _loaded(Path(path) if path is not None else SHIPPED)


@lru_cache(maxsize=4)
def _loaded(path: Path) -> Baselines:
    with needs("parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    if not path.is_file():
        raise InputError(f"{path}: there are no baselines; python -m studies.main_study --baselines FILE writes some")
    try:
        table = pq.read_table(path)
        told = table.schema.metadata or {}
        if told.get(KEY) != FORMAT.encode():
            raise InputError(f"{path}: is no file of baselines of this version")
        if told.get(CHECKSUM) != checksum(table).encode():
            raise InputError(f"{path}: its checksum does not match; install hwbench_mo again, or write the file again")
        return _baselines(table, path)
    except InputError:
        raise
    except (OSError, KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, pa.ArrowException):
        raise InputError(f"{path}: is no file of baselines, or damaged") from None


def _baselines(table: "pa.Table", path: Path) -> Baselines:
    words = {name: table.column(name).cast("string").to_pylist() for name in WORDS}
    numbers = {name: table.column(name).to_pylist() for name in NUMBERS}
    counted = numbers["counted"]
    changed = {name: lists_of(table, name, np.array([len(checkpoints(n)) for n in counted])) for name in QUANTITIES}
    alike: dict[tuple[str, int], list[int]] = {}  # rows that are restored together
    for row, key in enumerate(zip(words["problem"], counted, strict=True)):
        alike.setdefault(key, []).append(row)
    facts = {problem: json.loads(problem) for problem in dict.fromkeys(words["problem"])}
    members: dict[str, dict[str, Members]] = {problem: {} for problem in facts}
    for (problem, n), rows in alike.items():
        problem_key(facts[problem])  # which fails if it is none
        steps, evaluations = json.loads(words["steps"][rows[0]]), checkpoints(n)
        curves = {
            name: values_of(np.stack([changed[name][row] for row in rows]), scale, bits_of(steps, name, evaluations))
            for name, scale in scales(int(steps["front"])).items()
        }
        for place, row in enumerate(rows):
            config = words["config"][row]
            if config not in members[problem]:
                told = json.loads(config)
                members[problem][config] = Members(
                    name_in(told), settings_in(told), told, is_baseline=True, is_shown=numbers["beside"][row]
                )
            own = {name: values[place] for name, values in curves.items()}
            facts_of_run = {name: numbers[name][row] for name in NUMBERS}
            members[problem][config].runs.append(
                _run(own, evaluations, facts_of_run, len(facts[problem]["objectives"]))
            )
    return Baselines(str(path), [*facts.values()], [[*members[problem].values()] for problem in facts])


def _run(curves: Mapping[str, Floats], evaluations: Ints, facts: Mapping[str, Any], m: int) -> RunCurves:
    first = np.searchsorted(-curves["regret"], -TARGETS)  # regrets descend
    reached = first < len(evaluations)
    return RunCurves(
        seed=facts["seed"],
        identity=facts["run"].hex(),
        budget=facts["budget"],
        evaluations=evaluations,
        hours=curves["hours"],
        seconds=curves["seconds"],
        indicators={name: curves[name] for name in JUDGED},
        runtimes=np.where(reached, evaluations[np.where(reached, first, 0)], np.nan),
        front=np.empty((0, m)),
        optimism=facts["optimism"],
    )
