"""Acceptance criteria: which are met, and what is furthest from them."""

import pandas as pd

from hwbench_mo.validation.criteria import verdicts
from hwbench_mo.validation.units import OURS


def test_verdicts_name_what_is_missed() -> None:
    def row(target: str, method: str, **scores: float) -> dict[str, object]:
        plain = {"crps": 1.0, "calibration": 0.005, "coverage_90": 0.9, "tau_within": 0.9, "relative_error": 0.001}
        return {"space": "gpt_s", "split": "folds", "target": target, "method": method, "rmse": 0.04} | plain | scores

    rows = [row("latency@a100", OURS), row("latency@a100", "trees", crps=1.1, tau_within=0.9)]
    rows += [row("energy@h100", OURS, calibration=0.03, coverage_90=0.8799), row("energy@h100", "trees", crps=0.8)]
    rows += [row("perplexity", OURS, rmse=0.051, tau_within=0.971), row("memory_float16", OURS)]
    found = {verdict.criterion: verdict for verdict in verdicts(pd.DataFrame(rows), "folds")}
    assert len(found) == 9
    crps = found["CRPS below the best baseline's, every target"]
    assert (crps.reached, crps.of, crps.met, crps.worst) == (1, 2, False, "+25.0% (gpt_s energy@h100)")
    coverage = found["90 % interval holds 0.88 to 0.92, every target"]
    assert (coverage.reached, coverage.worst) == (1, "0.8799 (gpt_s energy@h100)")
    assert found["Kendall τ within (embed_dim, bias) not below the best baseline's, 95 % of targets"].met
    assert not found["mean |coverage − level| under 0.02, every target"].met
    assert not found["perplexity of gpt_s: RMSE at most 0.027"].met
    assert found["perplexity of gpt_s: Kendall τ within embed_dim over 0.97"].met
    assert found["memory: median relative error at most 0.2 %"].met
