"""Writes the curves of a comparison as a file of baselines, and says what rounding costs."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hwbench_mo.assessment.baselines_format import (
    CHECKSUM,
    FORMAT,
    JUDGED,
    KEY,
    QUANTITIES,
    WORDS,
    bits_as_text,
    checksum,
    scales,
)
from hwbench_mo.assessment.checkpoints import SHARES, checkpoints
from hwbench_mo.assessment.comparison import Comparison, Group
from hwbench_mo.assessment.curve_codec import Scale, bits_that_suffice, changes, keeps_order
from hwbench_mo.assessment.run_curves import RunCurves
from hwbench_mo.errors import InputError
from hwbench_mo.extras import needs
from hwbench_mo.files import replaced_file
from hwbench_mo.typing import Floats

JUDGED_BITS = 17
"""At tenths, quarters, halves and ends of budgets, where optimizers are judged: of a ratio, 5e-6."""


def write_baselines(
    comparisons: Sequence[Comparison], path: Path, /, *, beside: Callable[[Group], bool] = lambda group: True
) -> None:
    """Write all groups of all problems.

    Parameters
    ----------
    beside
        Which groups are to be set beside a user's own runs; the others are only kept.

    Raises
    ------
    InputError
        If indicators are missing.
    """
    with needs("parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

    rows = [row for comparison in comparisons for row in _rows(comparison, beside)]
    words = pa.dictionary(pa.int32(), pa.string())
    types = {
        **dict.fromkeys(WORDS, words),
        "seed": pa.int32(),
        "run": pa.binary(6),
        "counted": pa.int32(),
        "budget": pa.int32(),
        "optimism": pa.float32(),
        "beside": pa.bool_(),
        **dict.fromkeys(QUANTITIES, pa.list_(pa.int64())),
    }
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in types.items()}
    table = pa.table(columns)
    table = table.replace_schema_metadata({KEY: FORMAT, CHECKSUM: checksum(table)})
    with replaced_file(path) as scratch:
        pq.write_table(
            table,
            scratch,
            compression="zstd",
            compression_level=19,
            use_dictionary=[*WORDS, "seed", "counted", "budget"],
            write_statistics=False,
            row_group_size=len(rows) or None,
        )


def _rows(comparison: Comparison, beside: Callable[[Group], bool]) -> list[dict[str, Any]]:
    missing = set(JUDGED) - set(comparison.indicators)
    if missing:
        raise InputError(
            f"{comparison.title}: baselines have all indicators, but {', '.join(sorted(missing))} is missing"
        )
    own = scales(len(comparison.problem.pareto_front().values))
    precise = {n for group in comparison.groups for run in group.runs for n in _ends(run)}
    steps: dict[str, dict[int, int]] = {
        name: {
            int(n): bits_at(comparison, name, scale, int(n), least=JUDGED_BITS if n in precise else scale.bits)
            if name in JUDGED and name != "found"
            else scale.bits
            for n in _all_checkpoints(comparison)
        }
        for name, scale in own.items()
    }
    told = json.dumps(
        {
            "front": len(comparison.problem.pareto_front().values),
            "checkpoints": _all_checkpoints(comparison),
            "bits": {name: bits_as_text(bits) for name, bits in steps.items()},
        }
    )
    facts = json.dumps(comparison.facts, sort_keys=True)
    rows = []
    for group in sorted(comparison.groups, key=lambda group: group.label):
        config = json.dumps(group.config, sort_keys=True)
        for run in sorted(group.runs, key=lambda run: (run.seed is None, run.seed)):
            if not np.array_equal(run.evaluations, checkpoints(int(run.evaluations[-1]))):
                raise InputError(f"{group.label}: the run {run.identity[:12]} has other checkpoints than this version")
            rows.append(
                {
                    "problem": facts,
                    "config": config,
                    "steps": told,
                    "seed": run.seed,
                    "run": bytes.fromhex(run.identity[:12]),
                    "counted": int(run.evaluations[-1]),
                    "budget": run.budget,
                    "optimism": run.optimism,
                    "beside": beside(group),
                    **{name: _changes(run, name, scale, steps[name]) for name, scale in own.items()},
                }
            )
    return rows


def _changes(run: RunCurves, name: str, scale: Scale, bits: Mapping[int, int]) -> list[int]:
    values = curve(run, name)[None]
    found: list[int] = changes(values, scale, [bits[n] for n in run.evaluations.tolist()])[0].tolist()
    return found


def curve(run: RunCurves, name: str) -> Floats:
    """``[k]``; one of `QUANTITIES`; seconds that were not recorded are 0."""
    if name in ("hours", "seconds"):
        return np.nan_to_num(run.hours if name == "hours" else run.seconds)
    return run.indicators[name]


def bits_at(comparison: Comparison, name: str, scale: Scale, evaluations: int, *, least: int) -> int:
    """The fewest bits that leave the order of the medians of all groups that got so far as they are."""
    groups = [group for group in comparison.groups if group.budget >= evaluations]
    values = [group.at(evaluations, name) for group in groups]
    medians = np.array([np.median(own) for own in values])
    ends = np.cumsum([len(own) for own in values])[:-1]

    def same(rounded: Floats) -> bool:
        return keeps_order(medians, np.array([np.median(own) for own in np.split(rounded, ends)]))

    return bits_that_suffice(np.concatenate(values), same, scale, least=least)


def _ends(run: RunCurves) -> list[int]:
    n = int(run.evaluations[-1])
    return [n, *(int(share * n) for share in SHARES)]


def _all_checkpoints(comparison: Comparison) -> list[int]:
    runs = [run for group in comparison.groups for run in group.runs]
    return sorted({n for run in runs for n in run.evaluations.tolist()})
