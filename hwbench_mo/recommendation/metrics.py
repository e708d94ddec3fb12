"""What is known of one metric of one architecture, in the units that people choose by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hwbench_mo.benchmark import BlackBox
from hwbench_mo.own_metrics import DECLARED
from hwbench_mo.surrogates.closed_forms import SEQUENCE_LENGTH
from hwbench_mo.targets import MEMORY, PER_DEVICE, QUALITY, Target
from hwbench_mo.typing import Codes

SHOWN = (0.05, 0.95)
"""Levels of the quantiles that are shown beside a median."""


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """The distribution of one measurement of a metric, for one architecture, and how well its median is known.

    Parameters
    ----------
    median, low, high
        Quantiles of one measurement: 50, 5 and 95 %.
    standard_error
        Of the median; NaN where nothing is known of it.
    support
        1 amid the measured architectures, 0 beyond all of them.
    batch, sequence
        A pass: how many sequences of how many tokens latency, energy and memory are for.
    """

    target: str
    unit: str | None
    median: float
    low: float
    high: float
    standard_error: float
    support: float
    batch: int
    sequence: int

    @staticmethod
    def of(benchmark: BlackBox, codes: Codes, target: str) -> "MetricFacts":
        """Of an architecture ``[1, d]``."""
        p = benchmark.predict(codes, target)
        parsed = Target.parse(target)
        low, high = p.quantile(SHOWN)[0].tolist()
        known = getattr(benchmark, "devices", {}).get(parsed.device)
        return MetricFacts(
            target=p.target,
            unit=parsed.unit,
            median=float(p.median[0]),
            low=low,
            high=high,
            standard_error=float(p.standard_error[0]),
            support=float(p.support[0]),
            batch=benchmark.space.batch_size if known is None else known.batch,
            sequence=SEQUENCE_LENGTH if known is None else known.sequence,
        )

    @property
    def tokens(self) -> int:
        """Tokens a pass."""
        return self.batch * self.sequence

    @property
    def tokens_per_second(self) -> float | None:
        """At the median latency; None for other metrics."""
        return 1000 * self.tokens / self.median if self.target.startswith("latency") else None

    @property
    def mwh_per_1000_tokens(self) -> float | None:
        """At the median energy; None for other metrics."""
        return 1e6 * self.median / self.tokens if self.target.startswith("energy") else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON has them."""
        numbers = {
            "unit": self.unit,
            "median": self.median,
            "quantile_05": self.low,
            "quantile_95": self.high,
            "standard_error": self.standard_error if self.standard_error == self.standard_error else None,
            "support": self.support if self.support == self.support else None,
        }
        if Target.parse(self.target).metric not in (*QUALITY, "params", *DECLARED):
            numbers |= {"batch": self.batch, "sequence": self.sequence}
        for name in ("tokens_per_second", "mwh_per_1000_tokens"):
            if (value := getattr(self, name)) is not None:
                numbers[name] = value
        return numbers


def metrics_of(benchmark: BlackBox, codes: Codes, asked: Sequence[str]) -> Mapping[str, MetricFacts]:
    """Metrics of an architecture ``[1, d]``: those asked for first, then quality, sizes, and those of their devices."""
    devices = dict.fromkeys(device for name in asked if (device := Target.parse(name).device))
    more = [*QUALITY, *MEMORY, "params", *(f"{metric}@{device}" for device in devices for metric in PER_DEVICE)]
    names = [*asked, *(name for name in more if name in benchmark.targets)]
    found = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = MetricFacts.of(benchmark, codes, name)
        except ValueError:
            if name in asked:
                raise  # of a measured row, what else was measured may be missing
    return found
