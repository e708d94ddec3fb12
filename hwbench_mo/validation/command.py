"""``hwbench-mo validate MEASUREMENTS``: scores of the surrogates and of baselines on held-out architectures.

Every architecture is held out from one of K fits, and the outer tenth of each space from a fit to its middle. Scores go
to ``surrogate_scores.csv``, tables and pictures to ``surrogate_scores.md``, and an overview to ``surrogates.md`` in the
folder of the documents. Results are kept in ``--out`` as they come: run an interrupted command again, and it goes on.
"""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report, unknown
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.progress import bars, steps, track
from hwbench_mo.spaces import get_space
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import Target
from hwbench_mo.validation.baselines import all_baselines
from hwbench_mo.validation.judge import Judgement, Options, draw, judge
from hwbench_mo.validation.report import as_text, write_report

PARTIAL = Path("docs")
"""Below ``--out``: the documents of a part of the spaces or targets, which must not replace those of all."""


def validate(measured: Mapping[str, Measurements], options: Options, docs: Path, *, pictures: bool = True) -> Judgement:
    """Judge the surrogates and the baselines, and write the report."""
    judgement = judge(measured, options)
    drawn = draw(judgement, measured, docs) if pictures else []
    with steps("write the report"):
        written = write_report(judgement.findings, docs, drawn)
    for path in written:
        print(path)
    print(as_text(judgement.findings), flush=True)
    return judgement


def add_arguments(parser: Parser) -> None:
    """Declare the arguments of ``hwbench-mo validate``."""
    parser.description = (
        "Judges the surrogates, beside baselines, on architectures that were kept from their fits, and writes a report."
    )
    parser.examples = [
        "hwbench-mo validate MEASUREMENTS",
        "hwbench-mo validate MEASUREMENTS --space gpt_s --targets latency@a100 --baselines none --folds 3",
    ]
    parser.notes = "Results are kept in --out as they come: run an interrupted command again, and it goes on."
    parser.add_argument("measurements", type=Path, help="folder of measurements, one folder a space")
    what = parser.add_argument_group("what is judged")
    what.add_argument("--space", nargs="+", metavar="SPACE", help=f"of {', '.join(MEASURED)} (default: all)")
    what.add_argument("--targets", nargs="+", metavar="TARGET", help="such as latency@a100 (default: all)")
    what.add_argument(
        "--baselines",
        nargs="+",
        metavar="BASELINE",
        help=f"of {', '.join(all_baselines())}, or none (default: those that are installed)",
    )
    what.add_argument("--peers", nargs="*", help=argparse.SUPPRESS)  # what the option was called
    how = parser.add_argument_group("how it is judged")
    how.add_argument("--folds", type=int, default=5, metavar="N", help="how many (default: 5)")
    how.add_argument("--holdout", type=float, metavar="SHARE", help="one random split instead of folds")
    how.add_argument("--no-corners", action="store_true", help="leave out the fit to the middle of the space")
    how.add_argument("--seed", type=int, default=0, metavar="N", help="of the choice of architectures (default: 0)")
    how.add_argument(
        "--autogluon-seconds",
        type=float,
        default=30,
        metavar="N",
        help="seconds for each fit of AutoGluon (default: 30)",
    )
    how.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one a core)"
    )
    to = parser.add_argument_group("where it goes")
    to.add_argument(
        "--out",
        type=Path,
        default=Path("outputs/validation"),
        help="where results are kept (default: outputs/validation)",
    )
    to.add_argument(
        "--docs", type=Path, help=f"folder of the report (default: docs; of a part: {PARTIAL} in the folder --out)"
    )
    to.add_argument("--no-pictures", action="store_true", help="write tables alone")


def run(options: argparse.Namespace) -> int:
    """Validate as the parsed arguments say; the exit status is 2 for a user's mistake."""
    try:
        _check(options)
        is_partial = bool(options.space or options.targets)
        docs = options.docs or (options.out / PARTIAL if is_partial else Path("docs"))
        asked = Options(
            out=options.out,
            targets=None if options.targets is None else [Target.parse(name).name for name in options.targets],
            baselines=[] if options.baselines == ["none"] else options.baselines,
            folds=options.folds,
            holdout=options.holdout,
            corners=not options.no_corners,
            seed=options.seed,
            jobs=options.jobs,
            autogluon_seconds=options.autogluon_seconds,
        )
        with bars():
            names = track(options.space or MEASURED, "read the measurements", unit="space")
            measured = {name: read_measurements(options.measurements, get_space(name)) for name in names}
        with bars():
            validate(measured, asked, docs, pictures=not options.no_pictures)
    except InputError as error:
        return report(error)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raise `InputError` for an argument that is out of range, or has another name now."""
    if options.peers is not None:
        raise InputError("--peers is called --baselines")
    for name in options.space or ():
        if name not in MEASURED:
            raise unknown("space", name, MEASURED)
    if options.holdout is not None and not 0 < options.holdout < 1:
        raise InputError(f"--holdout is {options.holdout}, but must be between 0 and 1")
    for name, least in (("folds", 2), ("jobs", 1), ("autogluon_seconds", 1), ("seed", 0)):
        if not getattr(options, name) >= least:  # NaN is out of range as well
            raise InputError(f"--{name.replace('_', '-')} is {getattr(options, name)}, but must be at least {least}")
