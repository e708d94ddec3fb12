"""A recommendation as a person reads it."""

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Protocol

from hwbench_mo.benchmark.limits import quantity
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.recommendation.choice import Choice
from hwbench_mo.recommendation.metrics import MetricFacts
from hwbench_mo.recommendation.trade_off import TradeOff
from hwbench_mo.spaces import Architecture
from hwbench_mo.targets import Target

WIDTH = 110
"""Of a line, in letters, but for the table."""


class Told(Protocol):
    """What words are made of; `Recommendation` is one."""

    @property
    def space(self) -> str: ...
    @property
    def goal(self) -> str: ...
    @property
    def sign(self) -> float: ...
    @property
    def value(self) -> float: ...
    @property
    def limits(self) -> Mapping[str, float]: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def architecture(self) -> Architecture: ...
    @property
    def metrics(self) -> Mapping[str, MetricFacts]: ...
    @property
    def trade_offs(self) -> Mapping[str, TradeOff]: ...
    @property
    def simplest(self) -> Choice: ...
    @property
    def alternatives(self) -> tuple[Choice, ...]: ...
    @property
    def least_difference(self) -> int: ...
    @property
    def trust(self) -> tuple[str, ...]: ...


def in_words(r: Told) -> str:
    """The architecture, what it costs, what limits it, what else there is, and how far to trust it."""
    return "\n".join([answer(r), "", *_table(r), "", explanation(r)])


def answer(r: Told, width: int = WIDTH) -> str:
    """What is best, and under which limits; the architecture."""
    lines = [f"{_best(r)}{_limits(r)}:", f"  {layers(r.architecture)}"]
    return "\n".join(_wrapped(line, width) for line in lines)


def explanation(r: Told, width: int = WIDTH) -> str:
    """What limits it, what else there is, and how far to trust it."""
    lines = [_trade_off(one, r.confidence) for one in r.trade_offs.values()]
    if not r.limits:
        lines.append(
            "No limits were given: this is the best there is. Name some, or choose on a front, with knee_points, "
            "by_pseudo_weights or by_achievement (docs/choosing.md)."
        )
    same = r.simplest.architecture == r.architecture
    lines += ["", f"Simplest within one standard error: {'the same' if same else _choice(r, r.simplest)}"]
    lines += [f"Others that differ in {r.least_difference} layers or more:"] if r.alternatives else []
    lines += [f"  {_choice(r, one)}" for one in r.alternatives]
    return "\n".join(_wrapped(line, width) for line in [*lines, "", *r.trust])


def _wrapped(text: str, width: int) -> str:
    indent = len(text) - len(text.lstrip()) + 4
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_on_hyphens=False)


def layers(a: Architecture) -> str:
    """An architecture in one line, runs of equal layers together.

    >>> layers(Architecture(embed_dim=64, n_layer=3, mlp_ratio=(2, 2, 4), n_head=(8, 8, 8), bias=False))
    'width 64, no bias, 3 layers; mlp_ratio 2 x2, 4 x1; n_head 8 x3'
    """
    parts = []
    for name in ("mlp_ratio", "n_head"):
        runs = [f"{value} x{len(list(run))}" for value, run in groupby(getattr(a, name))]
        parts.append(f"{name} {', '.join(runs)}")
    return f"width {a.embed_dim}, {'with' if a.bias else 'no'} bias, {a.n_layer} layers; {'; '.join(parts)}"


def _best(r: Told) -> str:
    most = "Greatest" if r.sign < 0 else "Least"
    return f"{most} {r.goal} in {r.space}, {quantity(r.goal, r.value)}"


def _limits(r: Told) -> str:
    if not r.limits:
        return ""
    asked = [
        f"{name} {'at most' if Target.parse(name).sign > 0 else 'at least'} {quantity(name, bound)}"
        f"{_per_pass(replace(r.metrics[name], median=bound))}"
        for name, bound in r.limits.items()
    ]
    sure = "at the median" if r.confidence is None else f"in {100 * r.confidence:.4g} % of measurements"
    return f", with {', '.join(asked)}, {sure}"


def _per_pass(metric: MetricFacts) -> str:
    """What a limit means for tokens."""
    told = [text for text in (_pass(metric), _per_token(metric)) if text]
    return f" a pass ({', '.join(told)})" if told else ""


HEADINGS = ("", "median", "5 to 95 %", "standard error", "a pass", "")


def rows_of(r: Told) -> list[tuple[str, ...]]:
    """Of each metric, a cell below each of `HEADINGS`."""
    rows: list[tuple[str, ...]] = []
    for name, metric in r.metrics.items():
        spread = "exact" if metric.low == metric.high else _span(name, metric)
        error = (
            ""
            if metric.standard_error != metric.standard_error or not metric.median
            else f"{100 * metric.standard_error / metric.median:.2f} %"
        )
        rows.append((name, quantity(name, metric.median), spread, error, _pass(metric), _per_token(metric)))
    return rows


def _table(r: Told) -> list[str]:
    rows = [HEADINGS, *rows_of(r)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _span(name: str, metric: MetricFacts) -> str:
    low, high = quantity(name, metric.low), quantity(name, metric.high)
    return f"{low.removesuffix(' ' + high.rpartition(' ')[2])} to {high}"


def _pass(metric: MetricFacts) -> str:
    if metric.target in ("perplexity", "accuracy", "params", *DECLARED):
        return ""
    return f"{metric.batch} x {metric.sequence} tokens"


def _per_token(metric: MetricFacts) -> str:
    if (speed := metric.tokens_per_second) is not None:
        return f"{speed:,.0f} tokens/s"
    if (energy := metric.mwh_per_1000_tokens) is not None:
        return f"{energy:.3g} mWh per 1,000 tokens"
    return ""


def _trade_off(one: TradeOff, confidence: float | None) -> str:
    what = "median" if confidence is None else "quantile"
    used = f"{one.target}: {what} {quantity(one.target, one.used)} of {quantity(one.target, one.bound)}"
    if not one.binds:
        return f"{used}; does not bind."
    more = [one.bound + one.sign * one.step, one.bound * (1 + one.sign * 0.1)]
    said = []
    for bound in more:
        better = one.at(bound)
        gain = "nothing" if better == one.value else f"{one.goal} {quantity(one.goal, better)}"
        said.append(f"{quantity(one.target, abs(bound - one.bound))} {'more' if one.sign > 0 else 'less'} buys {gain}")
    return f"{used}; binds: {', '.join(said)}."


def _choice(r: Told, one: Choice) -> str:
    used = ", ".join(quantity(name, amount) + f" {name}" for name, amount in one.used.items())
    return (
        f"{r.goal} {quantity(r.goal, one.value)}, {one.params / 1e6:.1f} M parameters{', ' if used else ''}{used}: "
        f"{layers(one.architecture)}"
    )
