"""Metrics of one's own in a module, from the command line of a sweep to its report."""

import html
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import hwbench_mo as hb
from experiments.reports.page.origins import Configurations, overrides_of
from hwbench_mo.spaces import get_space
from tests.support.commands import Answer, needs_launchers, results, run, run_apart
from tests.support.comparisons import group_of
from tests.support.spaces import ROOT
from tests.support.tables import write_rows

MODULE = '''"""Mine."""

import hwbench_mo as hb


def cache_of(counts):
    """Keys and values of so many tokens, in bfloat16."""
    return 2 * 64 * counts.total_heads * 2 * 1024 / 1e6


kv_cache = hb.Metric(name="kv_cache", function=cache_of, unit="MB")
same_name = hb.Metric(name="kv_cache", function=cache_of, unit="MB")
'''
OBJECTIVES = "problem.objectives=[perplexity,kv_cache]"
SWEEP = ("-m", "optimizer=random_search,local_search", "seeds=2", "budget=20", OBJECTIVES)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module with a metric, on the path under a name that no other test has."""
    path = tmp_path / f"metrics_of_{tmp_path.name}.py".replace("-", "_")
    path.write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield path
    forget(path)


def forget(package: Path) -> None:
    """So that its next import reads it again, as another process does."""
    from importlib import invalidate_caches

    from hwbench_mo.own_metrics import DECLARED

    sys.modules.pop(package.stem, None)
    DECLARED.clear()
    invalidate_caches()


def sweep(package: Path, *words: str, name: str = ".kv_cache") -> Answer:
    out = package.parent / "out"
    done = run("experiments.run", *SWEEP, f"problem.metrics=[{package.stem}{name}]", *words, f"out={out}")
    assert done.returncode == 0, done.stderr
    return done


def test_a_sweep_is_made_found_compared_and_reported(package: Path) -> None:
    out, named = package.parent / "out", f"{package.stem}.kv_cache"
    made = sweep(package)
    assert "found, not repeated" not in made.stdout
    assert {path.parent.parent.name for path in results(out)} == {"gpt_s-perplexity-kv_cache"}
    assert len(results(out)) == 4
    assert sweep(package, name=":kv_cache").stdout.count("found, not repeated") == 4
    assert "4 done" in run("experiments.status", str(out)).stdout

    compared = run("experiments.compare", str(out), "--metrics", named)
    assert compared.returncode == 0, compared.stderr
    shown = dict(re.findall(r"^[*=] (\w+) +2 +([\d.]+) \[", compared.stdout, flags=re.MULTILINE))
    metric = sys.modules[package.stem].kv_cache
    problem = hb.make_problem("gpt_s", ["perplexity", "kv_cache"], metrics=[metric])
    for optimizer in ("random_search", "local_search"):
        runs = [run for run in hb.read_runs(out) if run.config["optimizer"]["name"] == optimizer]
        regrets = [hb.regret_curve(problem, run)[-1] for run in runs]
        assert float(shown[optimizer]) == pytest.approx(sum(regrets) / 2, abs=6e-5)  # the median of two

    reported = run("experiments.report", str(out), "--metrics", named)
    assert reported.returncode == 0, reported.stderr
    page = html.unescape((out / "report.html").read_text())
    assert f"'problem.metrics=[{named}]'" in page
    forget(package)
    (command,) = (line for line in re.findall(r"python -m (experiments.run [^\n<]*)", page) if "kv_cache" in line)
    again = run(*[word.replace("OUT", str(out)) for word in shlex.split(command)])
    assert again.stdout.count("found, not repeated") == 4, again.stderr


def test_without_the_flag_a_line_says_what_is_missing_and_other_runs_are_judged(package: Path) -> None:
    out = package.parent / "out"
    sweep(package)
    forget(package)
    for command in ("experiments.compare", "experiments.report"):
        alone = run(command, str(out))
        assert alone.returncode == 2
        assert "names 'kv_cache', a metric of one's own" in alone.stderr
        assert "--metrics my_package.kv_cache" in alone.stderr
        assert alone.stderr.count("\n") == 1
    run("experiments.run", "budget=20", f"out={out}")
    beside = run("experiments.compare", str(out))
    assert beside.returncode == 1
    assert "\ngpt_s-perplexity-latency@a100\n" in beside.stdout
    assert beside.stderr.count("left out: ") == beside.stderr.count("--metrics my_package.kv_cache") == 4
    assert package.stem not in sys.modules  # the folder names it, and nobody else did


def test_a_folder_that_names_a_module_imports_nothing(package: Path, tmp_path: Path) -> None:
    out, trap = package.parent / "out", package.with_name(f"trap_{package.name}")
    sweep(package)
    trap.write_text("from pathlib import Path\nPath(__file__).with_suffix('.sprung').touch()\n")
    for path in results(out):
        found = hb.Trajectory.load(path)
        config = {**found.config, "problem": {**found.config["problem"], "metrics": [f"{trap.stem}.kv_cache"]}}
        path.unlink()
        replace(found, config=config).save(path)
    for command in ("experiments.compare", "experiments.report"):
        done = run(command, str(out), "--metrics", f"{package.stem}.kv_cache")
        assert done.returncode == 0, done.stderr
    run("experiments.status", str(out))
    collected = run("experiments.collect", str(out), "--to", str(tmp_path / "all"))
    assert collected.returncode == 0, collected.stderr
    assert trap.stem not in sys.modules
    assert not trap.with_suffix(".sprung").exists()
    assert trap.stem not in (out / "report.html").read_text().split("experiments.run")[1].split("<")[0]


def test_commands_of_a_report_name_the_metrics_that_were_typed() -> None:
    problem = {"space": "gpt_s", "metrics": ["evil.kv_cache"]}
    optimizer = {"name": "random_search", "_target_": "optimizers.RandomSearch", "_partial_": True, "multiple": 1}
    group = group_of("random_search", [0.1], optimizer=optimizer, problem=problem, cost={})
    known = Configurations()
    assert "problem.metrics=[mine.kv_cache]" in overrides_of(group, known, ["mine.kv_cache"])
    assert not [word for word in overrides_of(group, known) if "metrics" in word or "evil" in word]


def test_another_function_makes_other_runs_and_is_refused_beside_the_first(package: Path) -> None:
    out, named = package.parent / "out", f"{package.stem}.kv_cache"
    sweep(package)
    first = set(results(out))
    forget(package)
    package.write_text(MODULE.replace("of so many tokens", "of tokens") + "\nother = 3\n")
    assert sweep(package).stdout.count("found, not repeated") == 4  # a docstring, and what the function does not use
    forget(package)
    package.write_text(MODULE.replace("* 1024", "* 4096"))
    assert "found, not repeated" not in sweep(package).stdout
    assert len(results(out)) == 8
    both = run("experiments.compare", str(out), "--metrics", named)
    assert both.returncode == 1
    assert both.stderr.count("whose sha256 was") == 4
    for path in set(results(out)) - first:
        path.unlink()
    refused = run("experiments.compare", str(out), "--metrics", named)
    assert refused.returncode == 2
    assert "whose sha256 was" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_the_module_may_move_and_a_metric_that_is_not_used_does_not_count(package: Path) -> None:
    sweep(package)
    forget(package)
    moved = package.rename(package.with_name(f"moved_{package.name}"))
    moved.write_text(MODULE + 'spare = hb.Metric(name="spare", function=lambda counts: counts.n_layer)\n')
    both = f"problem.metrics=[{moved.stem}.kv_cache,{moved.stem}.spare]"
    again = run("experiments.run", *SWEEP, both, f"out={moved.parent / 'out'}")
    assert again.stdout.count("found, not repeated") == 4, again.stderr
    forget(moved)


def test_settings_of_problems_without_metrics_are_as_before(tmp_path: Path) -> None:
    made = run("experiments.run", "budget=5", f"out={tmp_path}")
    again = run("experiments.run", "budget=5", "problem.metrics=[]", f"out={tmp_path}")
    assert made.returncode == 0
    assert "found, not repeated" in again.stdout
    (path,) = results(tmp_path)
    assert "metrics" not in hb.Trajectory.load(path).config["problem"]


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


def test_help_lists_metrics_that_are_named(package: Path) -> None:
    assert "kv_cache," not in run("experiments.run", "--help").stdout.partition("problem.objectives= (")[2]
    shown = run("experiments.run", "--help", f"problem.metrics=[{package.stem}.kv_cache]")
    assert shown.returncode == 0, shown.stderr
    assert "kv_cache\n" in shown.stdout.partition("problem.objectives= (")[2].partition("DEVICE: ")[0]


@needs_launchers
@pytest.mark.slow
def test_workers_of_a_launcher_import_it(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package.parent), os.environ.get("PYTHONPATH", "")]))
    words = [*SWEEP, f"problem.metrics=[{package.stem}.kv_cache]", f"out={package.parent / 'out'}"]
    done = run_apart("experiments.run", *words, "hydra/launcher=joblib")
    assert done.returncode == 0, done.stderr
    assert len(results(package.parent / "out")) == 4
    assert sweep(package).stdout.count("found, not repeated") == 4


def test_recommend_takes_it_as_a_limit_and_as_the_goal(package: Path) -> None:
    named = ("--metrics", f"{package.stem}.kv_cache")
    within = run("hwbench_mo.__main__", "recommend", "gpt_s", *named, "--limit", "kv_cache=20", "--json")
    assert within.returncode == 0, within.stderr
    told = json.loads(within.stdout)
    assert told["metrics"]["kv_cache"]["median"] <= 20
    least = run("hwbench_mo.__main__", "recommend", "gpt_s", *named, "--minimise", "kv_cache", "--json")
    assert json.loads(least.stdout)["metrics"]["kv_cache"]["median"] < told["metrics"]["kv_cache"]["median"]


def test_a_replay_on_measured_rows_takes_it(package: Path, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows", get_space("gpt_s"))
    words = [
        "--objectives",
        "perplexity",
        "kv_cache",
        "--metrics",
        f"{package.stem}.kv_cache",
        "--limit",
        "kv_cache=25",
    ]
    short = ["--seeds", "1", "--budget", "20", "--optimizer", "random_search", "--out", str(tmp_path / "out")]
    done = run("experiments.replay", str(rows), *words, *short)
    assert done.returncode == 0, done.stderr
    assert "kv_cache" in done.stdout


def test_commands_of_the_document_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "docs" / "own_metric.md").read_text().split("\n## In sweeps\n")[1].split("\n## ")[0]
    (module,) = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    (commands,) = re.findall(r"```bash\n(.*?)```", section, flags=re.DOTALL)
    package = tmp_path / "my_package.py"
    package.write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = commands.replace("\\\n", "").splitlines()
    assert len(lines) == 4
    for line in lines:
        forget(package)
        start, dash, name, *words = shlex.split(line, comments=True)
        assert (start, dash) == ("python", "-m")
        done = run("hwbench_mo.__main__" if name == "hwbench_mo" else name, *words)
        assert done.returncode == 0, done.stderr
    forget(package)
    assert (tmp_path / "outputs" / "cache" / "report.html").exists()
