import json

import pytest

from hwbench_mo.__main__ import main
from hwbench_mo.recommendation.command import limits_in


def test_it_answers_in_words_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "recommend",
        "gpt_s",
        "--limit",
        "latency@rtx3080=0.02s",
        "--limit",
        "memory_bfloat16=1GB",
        "--confidence",
        "0.9",
    ]
    assert main(asked) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert words.startswith("Least perplexity in gpt_s, ")
    assert "latency@rtx3080 at most 20 ms a pass (8 x 1024 tokens, 409,600 tokens/s)" in words
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["limits"] == {"latency@rtx3080": 20.0, "memory_bfloat16": 1000.0}
    assert told["confidence"] == 0.9
    assert main(["recommend", "gpt_s", "--maximise", "accuracy", "--confidence", "none", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["confidence"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gpt_t"], "unknown space 'gpt_t'; valid, nearest first: gpt_s"),
        (["gpt_s", "--limit", "latency@a100"], "--limit is 'latency@a100', but must be METRIC=VALUE"),
        (["gpt_s", "--limit", "latency@a100=fast"], "but 'fast' is not a number"),
        (["gpt_s", "--limit", "latency@a100=3MB"], "latency@a100 is not in 'MB': its units are s, ms, us"),
        (["gpt_s", "--limit", "params=3M"], "params is not in 'M': it has no unit"),
        (["gpt_s", "--limit", "params=3e7", "--limit", "params=4e7"], "params is limited already, to 3e+07"),
        (["gpt_s", "--limit", "latency@a100=1"], "infeasible: no architecture of 'gpt_s' has latency@a100"),
        (["gpt_s", "--confidence", "high"], "--confidence is 'high', but must be a probability, such as 0.95, or none"),
        (["gpt_s", "--table", "nowhere"], "holds no measurements of 'gpt_s'"),
    ],
)
def test_mistakes_are_answered_in_a_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recommend", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_units_are_those_of_the_metric() -> None:
    assert limits_in(["energy@a100=0.5mWh", "latency@a100=3e1", "accuracy=.4"]) == {
        "energy@a100": 0.0005,
        "latency@a100": 30.0,
        "accuracy": 0.4,
    }
