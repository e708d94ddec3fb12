"""``hwbench-mo recommend SPACE``: the best architecture under limits, exact, and how far to trust it."""

import argparse
import json
import re
from pathlib import Path

from hwbench_mo.benchmark.named_metrics import metrics_named
from hwbench_mo.command_line import Parser
from hwbench_mo.errors import InputError, report
from hwbench_mo.progress import bars
from hwbench_mo.recommendation.recommend import recommend
from hwbench_mo.recommendation.record import Recommendation
from hwbench_mo.recommendation.words import HEADINGS, WIDTH, answer, explanation, rows_of
from hwbench_mo.targets import Target
from hwbench_mo.terminal import BUSY, STRONG, Grid, console, draw

FACTORS = {
    "ms": {"s": 1e3, "ms": 1.0, "us": 1e-3},
    "Wh": {"Wh": 1.0, "mWh": 1e-3},
    "MB": {"GB": 1e3, "MB": 1.0, "kB": 1e-3},
}
"""By a target's unit, the units that may be written, and what they are in it."""
EXAMPLE = "--limit latency@rtx3080=40"


def add_arguments(parser: Parser) -> None:
    """Declare the arguments of ``hwbench-mo recommend``."""
    parser.description = (
        "Names the best architecture of a space under limits of a device: exact, with what it costs and how far to "
        "trust it."
    )
    parser.examples = [
        "hwbench-mo recommend gpt_m --limit latency@rtx3080=40ms --limit memory_bfloat16=900MB",
        "hwbench-mo recommend gpt_s --minimise latency@a100 --limit accuracy=0.42 --json",
    ]
    parser.add_argument("space", help="gpt_s, gpt_m or gpt_l")
    goals = parser.add_argument_group("what is optimised")
    goal = goals.add_mutually_exclusive_group()
    goal.add_argument("--minimise", metavar="METRIC", help="such as latency@a100 (default: perplexity)")
    goal.add_argument("--maximise", metavar="METRIC", help="accuracy")
    limits = parser.add_argument_group("limits")
    limits.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="METRIC=VALUE",
        help="at most so many ms, Wh or MB a pass, or with a unit: latency@rtx3080=40ms; accuracy at least; repeat it",
    )
    limits.add_argument(
        "--confidence",
        default="0.95",
        metavar="SHARE",
        help="of measurements that stay within each limit; none: the median does (default: 0.95)",
    )
    limits.add_argument(
        "--support",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="only architectures that measured ones surround: 0.05 is well inside, 0 takes all (default: 0)",
    )
    data = parser.add_argument_group("what answers")
    data.add_argument("--devices", nargs="+", type=Path, metavar="TABLES", help="tables of devices of your own")
    data.add_argument("--table", type=Path, metavar="MEASUREMENTS", help="measured rows answer, not surrogates")
    data.add_argument("--metrics", nargs="+", metavar="MODULE.NAME", help="metrics of your own, to be named as others")
    data.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Recommend as the parsed arguments say; the exit status is 2 for a user's mistake."""
    try:
        own = metrics_named(options.metrics, place="--metrics")  # first: limits may name them
        with bars():
            r = recommend(
                options.space,
                minimise=options.minimise,
                maximise=options.maximise,
                limits=limits_in(options.limit),
                confidence=confidence_in(options.confidence),
                least_support=options.support,
                devices=options.devices,
                table=options.table,
                metrics=own,
            )
    except InputError as error:
        return report(error)
    if options.json:
        print(json.dumps(r.to_dict(), indent=2, allow_nan=False))
    else:
        tell(r)
    return 0


def tell(r: Recommendation) -> None:
    """Print it: on a terminal its metrics are a table, in which limits that bind stand out."""
    to = console()
    if to is None:
        print(r)
        return
    width = min(to.width, WIDTH)
    to.print(answer(r, width), style=STRONG, soft_wrap=True)
    to.print()
    rows = rows_of(r)
    styles = {(at, 0): BUSY for at, row in enumerate(rows) if row[0] in r.binding}
    draw(Grid(headings=HEADINGS, rows=rows, left=(0, 4, 5), cell_styles=styles), to)
    to.print()
    to.print(explanation(r, width), soft_wrap=True)


def limits_in(texts: list[str]) -> dict[str, float]:
    """Limits that are written ``METRIC=VALUE``, in the metric's unit or with one.

    >>> limits_in(["latency@a100=0.04s", "memory_bfloat16=900"])
    {'latency@a100': 40.0, 'memory_bfloat16': 900.0}
    """
    found: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--limit is {text!r}, but must be METRIC=VALUE, such as {EXAMPLE}")
        target = Target.parse(name.strip())
        written = re.fullmatch(r"\s*([-+.\deE]+?)\s*([A-Za-z]*)\s*", value)
        factors = FACTORS.get(target.unit or "", {})
        try:
            number = float(written[1]) if written else float(value)
        except ValueError:
            raise InputError(f"--limit is {text!r}, but {value!r} is not a number, as in {EXAMPLE}") from None
        if written and written[2] and written[2] not in factors:
            known = f"its units are {', '.join(factors)}" if factors else "it has no unit"
            raise InputError(f"--limit is {text!r}, but {target.name} is not in {written[2]!r}: {known}")
        if target.name in found:
            raise InputError(f"--limit is {text!r}, but {target.name} is limited already, to {found[target.name]:g}")
        found[target.name] = number * (factors[written[2]] if written and written[2] else 1.0)
    return found


def confidence_in(text: str) -> float | None:
    """A probability, or ``none``."""
    if text.casefold() == "none":
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(f"--confidence is {text!r}, but must be a probability, such as 0.95, or none") from None
