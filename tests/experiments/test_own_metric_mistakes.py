"""What commands answer to a name that is no metric of one's own."""

from pathlib import Path

import pytest

from tests.support.commands import run
from tests.support.own_module import MODULE, OBJECTIVES, forget


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("no_such.kv_cache", "No module named 'no_such'; is its folder on PYTHONPATH"),
        ("MODULE.kv_cahe", "unknown hb.Metric of MODULE 'kv_cahe'; valid, nearest first: kv_cache, same_name"),
        ("MODULE.cache_of", "is of type function, but must be an hb.Metric; wrap the function: hb.Metric(name=…,"),
        ("MODULE.hb", "is of type module, but must be an hb.Metric"),
        ("kv_cache", "is 'kv_cache', but must be a module and a name in it, such as my_package.name"),
        ("3", "is 3, but must be a name, such as my_package.name"),
        ("json.kv_cache", "json has no 'kv_cache', and no hb.Metric at all at its level"),
        ("MODULE.kv_cache,MODULE.same_name", "is a second metric of the name 'kv_cache'; name one of the two"),
    ],
)
def test_mistakes_are_told_in_a_line(package: Path, tmp_path: Path, named: str, message: str) -> None:
    out = tmp_path / "out"
    words = named.replace("MODULE", package.stem)
    done = run("experiments.run", OBJECTIVES, f"problem.metrics=[{words}]", f"out={out}")
    assert done.returncode == 2
    assert message.replace("MODULE", package.stem) in done.stderr
    assert done.stderr.startswith("error: problem.metrics")
    assert done.stderr.count("\n") == 1
    assert not out.exists()
    if named != "3":
        judged = run("experiments.compare", str(tmp_path), "--metrics", *words.split(","))
        assert judged.returncode == 2
        assert message.replace("MODULE", package.stem) in judged.stderr
        assert judged.stderr.startswith("error: --metrics")


def test_an_objective_that_no_metric_has(package: Path, tmp_path: Path) -> None:
    words = [f"problem.metrics=[{package.stem}.kv_cache]", "problem.objectives=[perplexity,kv_cach]"]
    done = run("experiments.run", *words, f"out={tmp_path / 'out'}")
    assert done.returncode == 2
    assert "unknown objective 'kv_cach'; valid, nearest first: kv_cache, " in done.stderr


def test_a_module_that_fails_is_told_in_a_line(package: Path, tmp_path: Path) -> None:
    for source, message in (
        ("1 / 0", "ZeroDivisionError: division by zero"),
        (MODULE.replace('"kv_cache"', '"params"'), "problem.metrics: metric name 'params' is a metric that there is"),
        ("import no_such_library", "No module named 'no_such_library'"),
    ):
        forget(package)
        package.write_text(source)
        done = run("experiments.run", f"problem.metrics={package.stem}.kv_cache", f"out={tmp_path / 'out'}")
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
