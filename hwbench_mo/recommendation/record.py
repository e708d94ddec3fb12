"""What is recommended, and all that is said of it."""

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from hwbench_mo.benchmark.limits import quantity
from hwbench_mo.extras import needs
from hwbench_mo.recommendation.choice import Choice
from hwbench_mo.recommendation.metrics import MetricFacts
from hwbench_mo.recommendation.trade_off import TradeOff
from hwbench_mo.recommendation.words import in_words
from hwbench_mo.spaces import Architecture
from hwbench_mo.targets import Target
from hwbench_mo.typing import Codes

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True, eq=False)
class Recommendation:
    """The best architecture under limits, exact, with how sure that is. `recommend` makes it.

    Parameters
    ----------
    codes
        ``[1, d]``; of ``architecture``.
    goal, value
        What is optimised, and its noise-free value.
    sign
        -1 where more of it is better.
    limits
        As they were given; each holds at most, or for accuracy at least.
    confidence
        With what probability a measurement stays within each limit; None: its median does.
    metrics
        What was asked for first, then perplexity, accuracy, memory, parameters, and all of the devices named.
    trade_offs
        By limit.
    simplest
        The simplest architecture whose value is within one standard error of the best. It keeps all limits.
    alternatives
        The best that differ from the recommended architecture, and from one another, in ``least_difference`` layers.
    trust
        How far to trust it: sentences.
    """

    space: str
    goal: str
    sign: float
    value: float
    limits: Mapping[str, float]
    confidence: float | None
    architecture: Architecture
    codes: Codes = field(repr=False)
    metrics: Mapping[str, MetricFacts]
    trade_offs: Mapping[str, TradeOff]
    simplest: Choice
    alternatives: tuple[Choice, ...]
    least_difference: int
    trust: tuple[str, ...]

    @property
    def binding(self) -> tuple[str, ...]:
        """The limits that keep a better architecture out."""
        return tuple(name for name, one in self.trade_offs.items() if one.binds)

    @property
    def used(self) -> dict[str, float]:
        """What the architecture takes of each limit: a median, or with a confidence a quantile."""
        return {name: one.used for name, one in self.trade_offs.items()}

    def __repr__(self) -> str:
        limits = ", ".join(
            f"{name} {'<=' if Target.parse(name).sign > 0 else '>='} {bound:g}" for name, bound in self.limits.items()
        )
        a = self.architecture
        return (
            f"Recommendation({self.space!r}, {self.goal} {quantity(self.goal, self.value)}"
            f"{', ' if limits else ''}{limits}, confidence={self.confidence})\n"
            f"  {a.n_layer} layers of width {a.embed_dim}, {'with' if a.bias else 'no'} bias; "
            f"binding: {', '.join(self.binding) or 'no limit'}; {len(self.alternatives)} alternatives; print it for all"
        )

    def __str__(self) -> str:
        return in_words(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def to_frame(self) -> "pandas.DataFrame":
        """A row a metric: unit, median, quantiles, standard error, support, limit, and what is used of it."""
        with needs("pandas"):
            import pandas

        rows = [{"metric": name, **metric.to_dict()} for name, metric in self.metrics.items()]
        frame = pandas.DataFrame(rows).set_index("metric")
        frame["limit"], frame["used"] = pandas.Series(dict(self.limits)), pandas.Series(self.used)
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON has them; NaN is null."""
        return {
            "space": self.space,
            "goal": self.goal,
            "value": self.value,
            "limits": dict(self.limits),
            "confidence": self.confidence,
            "architecture": self.architecture.to_dict(),
            "codes": self.codes[0].tolist(),
            "metrics": {name: metric.to_dict() for name, metric in self.metrics.items()},
            "trade_offs": {
                name: {**asdict(one), "curve": [list(pair) for pair in one.curve]}
                for name, one in self.trade_offs.items()
            },
            "binding": list(self.binding),
            "simplest": self.simplest.to_dict(),
            "alternatives": [choice.to_dict() for choice in self.alternatives],
            "least_difference": self.least_difference,
            "trust": list(self.trust),
        }
