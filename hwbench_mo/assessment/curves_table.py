"""The tidy table of all curves, on which pictures and reports are built; and what indicators are at the end."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwbench_mo.assessment.comparison import Comparison
from hwbench_mo.assessment.indicators import INDICATORS
from hwbench_mo.assessment.standings import standings_of
from hwbench_mo.assessment.table import Table, number
from hwbench_mo.extras import needs
from hwbench_mo.files import replaced_file

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def curves_table(comparisons: Sequence[Comparison], /) -> "pd.DataFrame":
    """A row a run and checkpoint.

    Columns: ``problem``, ``optimizer``, ``seed``, ``run`` (the hash of what decides the result), ``evaluations``,
    ``hours`` (simulated), ``seconds`` (the optimizer's own; missing where they were not recorded), and each of
    `INDICATORS`.

    Examples
    --------
    >>> import hwbench_mo as hb
    >>> table = curves_table(hb.compare([]))
    >>> table.columns.tolist()[:8]
    ['problem', 'optimizer', 'seed', 'run', 'evaluations', 'hours', 'seconds', 'regret']
    """
    with needs("compare"):
        import pandas as pd
        import pyarrow as pa

    tables = list(_tables(comparisons))
    found = pa.concat_tables(tables) if tables else _schema().empty_table()
    return found.to_pandas(self_destruct=True) if tables else pd.DataFrame(found.to_pandas())


def write_curves(comparisons: Sequence[Comparison], path: Path) -> None:
    """`curves_table` as Parquet, a group at a time: it is never in memory as a whole."""
    with needs("parquet"):
        import pyarrow.parquet as pq

    with replaced_file(path) as scratch, pq.ParquetWriter(scratch, _schema(), compression="zstd") as writer:
        for table in _tables(comparisons):
            writer.write_table(table)


def _schema() -> "pa.Schema":
    import pyarrow as pa

    words = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("problem", words),
            ("optimizer", words),
            ("seed", pa.int64()),
            ("run", words),
            ("evaluations", pa.int64()),
            ("hours", pa.float64()),
            ("seconds", pa.float64()),
            *((name, pa.float64()) for name in INDICATORS),
        ]
    )


def _tables(comparisons: Sequence[Comparison], *, most_runs: int = 5000) -> "Iterator[pa.Table]":
    import pyarrow as pa

    for comparison in comparisons:
        for group in comparison.groups:
            for start in range(0, len(group.runs), most_runs):
                runs = group.runs[start : start + most_runs]
                lengths = np.array([len(run.evaluations) for run in runs])
                which = np.repeat(np.arange(len(runs), dtype=np.int32), lengths)
                columns: dict[str, Any] = {
                    "problem": _constant(comparison.title, len(which)),
                    "optimizer": _constant(group.label, len(which)),
                    "seed": pa.array([run.seed for run in runs], pa.int64()).take(pa.array(which)),
                    "run": pa.DictionaryArray.from_arrays(pa.array(which), pa.array([run.identity for run in runs])),
                    "evaluations": np.concatenate([run.evaluations for run in runs]),
                    "hours": np.concatenate([run.hours for run in runs]),
                    "seconds": pa.array(np.concatenate([run.seconds for run in runs]), from_pandas=True),
                }
                for name in INDICATORS:
                    missing = np.full(1, np.nan)
                    own = [run.indicators.get(name, missing.repeat(len(run.evaluations))) for run in runs]
                    columns[name] = pa.array(np.concatenate(own), from_pandas=True)
                yield pa.table(columns, schema=_schema())


def _constant(text: str, n: int) -> "pa.DictionaryArray":
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int32)), pa.array([text], pa.string()))


def indicators_table(comparisons: Sequence[Comparison], /) -> Table:
    """Medians over seeds of all indicators at the common budget; in each column the best is marked, and what is not
    significantly worse than it (as in `standings`, adjusted within a problem and indicator)."""
    with needs("pandas"):
        import pandas as pd

    names = [name for name in INDICATORS if all(name in comparison.indicators for comparison in comparisons)]
    rows = []
    for comparison in comparisons:
        found = {name: standings_of(comparison, name) for name in names}
        for group in comparison.groups:
            row: dict[str, Any] = {"problem": comparison.title, "optimizer": group.label}
            for name in names:
                row[name], row[f"{name}_standing"] = found[name][group.label]
            rows.append(row)

    def shown(name: str) -> Any:
        return lambda row: number(row[name])

    headings = {
        "regret": "regret",
        "igd_plus": "IGD+",
        "epsilon": "epsilon",
        "r2": "R2",
        "found": "found",
        "anytime": "anytime",
    }
    columns = ["problem", "optimizer", *names, *(f"{name}_standing" for name in names)]
    return Table(
        name="indicators",
        caption="All indicators at the end of the budget, medians over seeds",
        data=pd.DataFrame(rows, columns=columns),
        shown={"optimizer": lambda row: row["optimizer"], **{headings[name]: shown(name) for name in names}},
        words=[
            "All are of the unbounded archive in normalised units (ideal 0, nadir 1). Smaller is better, but for "
            "found, the "
            "share of the exact front's points that were evaluated. regret, epsilon, IGD+ and R2 are 0 for the "
            "exact front; "
            "anytime is the mean of log10 regret over all evaluations so far. Optimizers that only one of them favours "
            "are no clear winners. Marked in each column: the best (*, bold), and what is not significantly worse "
            "than it at 5 % (=, italics), adjusted for the number of optimizers but not for that of indicators; with "
            "few seeds that is no proof that it is as good."
        ],
        cells={headings[name]: f"{name}_standing" for name in names},
        by="problem",
    )
