from hwbench_mo import recommend
from hwbench_mo.recommendation.trust import corners
from studies.corner_scores import CORNERS, SCORES, corner_rows


def test_corner_scores_are_those_of_the_validation() -> None:
    rows = corner_rows(SCORES.read_text(encoding="utf-8"))
    written = CORNERS.read_text(encoding="utf-8").splitlines()
    assert written[1:] == [",".join(row.values()) for row in rows]
    assert len(corners()) == len(rows) > 80


def test_trust_is_said_of_all_that_was_asked_for() -> None:
    limits = {"latency@h100_sxm": 20.0, "energy@a100": 0.01, "memory_float16": 900.0, "params": 1e9}
    said = " ".join(recommend("gpt_s", limits=limits).trust)
    corner = corners()["gpt_s", "energy@a100"]
    assert f"off by {100 * corner.relative_error:.2g} % at the median" in said
    assert "latency@h100_sxm: amid what was measured (support 5" in said
    assert "How far its corners are off was not scored." in said
    assert "energy@a100: a reading of nvidia-smi" in said
    assert "memory_float16: what stays allocated after a pass" in said
    assert "params" not in said
