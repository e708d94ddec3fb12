"""Jobs of a part of the targets give the results that jobs of all give."""

from dataclasses import replace
from pathlib import Path

from hwbench_mo.measurements import Measurements
from hwbench_mo.validation.judge import judge
from tests.support.validation import options_of


def test_a_fit_to_a_part_of_the_targets_gives_the_results_of_a_fit_to_all(
    measured: Measurements, tmp_path: Path
) -> None:
    targets = ("perplexity", "accuracy", "latency@a100")
    measured = replace(measured, readings={name: measured.readings[name] for name in targets})

    def results(place: str, chosen: tuple[str, ...]) -> dict[str, bytes]:
        options = options_of(tmp_path / place, targets=chosen, baselines=[], holdout=0.2)
        judge({"toy": measured}, options)
        return {path.name: path.read_bytes() for path in (tmp_path / place).rglob("*.npz")}

    everything = results("all", targets)
    assert len(everything) == 3
    for chosen in (("perplexity",), ("latency@a100",)):  # the fit of perplexity needs accuracy, too
        part = results(chosen[0], chosen)
        assert len(part) == 1
        assert part.items() <= everything.items()
