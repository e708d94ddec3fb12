"""What decides the result of a run makes its identity."""

from typing import Any

from experiments.sweeps.identity import identity_of
from hwbench_mo import make_problem

CONFIG = {"seed": 0, "budget": 5, "problem": {"space": "gpt_s"}}


def test_what_decides_the_result_makes_the_identity() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    other = make_problem("gpt_m", ["perplexity", "latency@a100"])
    base = identity_of(CONFIG, problem, {"numpy": "2.4.6"})
    assert identity_of(dict(reversed(CONFIG.items())), problem, {"numpy": "2.4.6"}) == base
    changed: list[tuple[dict[str, Any], Any, dict[str, str]]] = [
        ({**CONFIG, "seed": 1}, problem, {"numpy": "2.4.6"}),
        (CONFIG, other, {"numpy": "2.4.6"}),
        (CONFIG, problem, {"numpy": "2.4.7"}),
    ]
    assert base not in [identity_of(*decisive) for decisive in changed]
