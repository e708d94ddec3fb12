"""Metrics of one's own in a module, from the command line of a sweep to its report."""

import html
import json
import os
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import hwbench_mo as hb
from experiments.reports.page.origins import Configurations, overrides_of
from hwbench_mo.spaces import get_space
from tests.support.commands import needs_launchers, results, run, run_apart
from tests.support.comparisons import group_of
from tests.support.own_module import MODULE, SWEEP, forget, sweep
from tests.support.tables import write_rows


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
    assert trap.stem not in (out / "report.html").read_text()


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
