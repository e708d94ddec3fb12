"""Single runs and sweeps in one process, as a user starts them, and mistakes answered in a line."""

import re
from pathlib import Path

import pytest

from experiments.sweeps.catalogue import choices, loaded
from hwbench_mo import InputError, Trajectory, make_problem, regret_curve
from tests.support.commands import results, run, run_apart, states


def test_one_run_leaves_a_file_that_says_what_made_it_and_the_seconds_beside_it(tmp_path: Path) -> None:
    done = run_apart("experiments.run", "optimizer=nsga2", "seed=3", "budget=120", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no progress bar in a log
    (path,) = results(tmp_path)
    assert {p for p in tmp_path.rglob("*") if p.is_file()} == {path, path.with_suffix(".seconds.npz")}
    trajectory = Trajectory.load(path)
    assert len(trajectory) == 120
    assert trajectory.config["seed"] == 3
    assert trajectory.config["optimizer"] == {
        "name": "nsga2",
        "_target_": "optimizers.NSGA2",
        "_partial_": True,
        "pop_size": 100,
    }
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    assert (trajectory.values == problem.evaluate(trajectory.codes)).all()
    assert f"regret {regret_curve(problem, trajectory.values)[-1]:.4f}" in done.stdout


def test_a_sweep_goes_on_after_a_mistake_and_says_so(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "budget=5,0,6", f"out={tmp_path}")
    assert sweep.returncode == 2
    assert "budget is 0, but must be at least 1" in sweep.stderr
    assert len(results(tmp_path)) == 2


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ["problem.objectives=[perplexity,latncy@a100]"],
            "unknown objective 'latncy@a100'; valid, nearest first: latency",
        ),
        (["problem.objectives=[perplexity,latency@a10]"], "'a10'; valid, nearest first: a100"),
        (["problem.objectives=[perplexity,latency]"], "objective 'latency' needs a device"),
        (["problem.objectives=[params,params]"], "which is there already"),
        (["problem.space=gpt_xl"], "unknown space 'gpt_xl'; valid, nearest first: gpt_l"),
        (["problem.space=gpt_s_wide"], "'gpt_s_wide' has no 'perplexity'"),
        (["optimizer=nsga"], "unknown optimizer 'nsga'; valid, nearest first: nsga2"),
        (["-m", "optimizer=random_search,nsgaii"], "unknown optimizer 'nsgaii'; valid, nearest first: nsga2"),
        (["problem=gpt_s"], "unknown problem 'gpt_s'; valid, nearest first: gpt_s_"),
        (["budget=0"], "budget is 0, but must be at least 1"),
        (["budget=many"], "budget is 'many', but must be an integer"),
        (["n_workers=0"], "n_workers is 0, but must be at least 1"),
        (["seed=-1"], "seed is -1, but must be an integer from 0"),
        (["cost.setup=-1"], "cost.setup is -1"),
        (["optimizer=nsga2", "optimizer.pop_size=1"], "pop_size is 1"),
        (["problem.objectives=[perplexity"], "no viable alternative"),
        (["budgt=3"], "unknown setting 'budgt'; valid, nearest first: budget,"),
        (["optimizer=nsga2", "optimizer.popsize=3"], "'optimizer.popsize'; valid, nearest first: optimizer.pop_size,"),
        (["optimizer.pop_size=3"], "unknown setting 'optimizer.pop_size'"),
        (["optimiser=nsga2"], "unknown setting 'optimiser'; valid, nearest first: optimizer,"),
        (["-m", "--cfg", "job"], "--multirun and --cfg are both given, but exclude each other"),
        (["--resolve"], "--resolve goes with --cfg, which is missing"),
        (["--cfg", "everything"], "invalid choice: 'everything'"),
        (["budget=5", "-m", "seed=1"], "unrecognized arguments: seed=1 out="),
        (["--config-dir", "elsewhere"], "--config-dir elsewhere: there is no such folder"),
        (["--experimental-rerun", "some.pickle"], "--experimental-rerun is not supported"),
        (["-m", "optimizer=nsga2,spea2,random_search", "optimizer.pop_size=10,20"], "is no setting of random_search;"),
        (["seed=1,2"], "seed=1,2 names several values; add -m"),
        (["-m", "seed=interval(0,1)"], "seed=interval(0,1): Can only enumerate"),
        (["-m", "seed=range(0,3,0)"], "seed=range(0,3,0): range() arg 3 must not be zero"),
        (["-m", "optimizer=glob(nsgaii*)"], "unknown optimizer 'nsgaii*'; valid, nearest first: nsga"),
        (["hydra.mode=MULTIRUN"], "a sweep is asked for by -m"),
        (["+optimizer.popsize=3"], "unknown setting of optimizer random_search 'popsize'; valid, nearest first: mul"),
        (["optimizer=nsga2", "~optimizer._partial_"], "missing 1 required positional argument: 'problem'"),
        (["~optimizer._target_"], "cannot be called; its configuration needs a _target_, and _partial_: true"),
        (["+problem.sapce=gpt_m"], "unknown setting of the problem 'sapce'; valid, nearest first: space,"),
        (["+cost.setupp=1"], "unexpected keyword argument 'setupp'"),
        (["++cost._target_=builtins.dict"], "but must be one as hwbench_mo.CostModel"),
        (["~cost"], "~cost: a run needs a configuration of cost"),
        (["~budget"], "budget is missing, but a run needs it"),
        (["budget=${nothing}"], "Interpolation key 'nothing' not found"),
    ],
)
def test_mistakes_are_answered_in_a_line(tmp_path: Path, overrides: list[str], message: str) -> None:
    out = tmp_path / "out"
    answer = run("experiments.run", *overrides, f"out={out}")
    assert answer.returncode == 2
    assert message in answer.stderr
    assert answer.stderr.startswith("error: ")
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert results(tmp_path) == []


@pytest.mark.parametrize("out", ["out=", "out=null", "out=a,b"])
def test_results_go_to_one_folder(out: str) -> None:
    answer = run("experiments.run", "-m", "budget=5", out)
    assert answer.returncode == 2
    assert re.fullmatch(r"error: out=.* names (no|several) folders?.*\n", answer.stderr)


def test_what_is_only_shown_leaves_nothing_behind(tmp_path: Path) -> None:
    shown = run("experiments.run", "--cfg", "job", "seeds=3", f"out={tmp_path / 'out'}")
    assert shown.returncode == 0
    assert "seeds: 3\n" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_is_no_yaml_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "optimizer").mkdir()
    monkeypatch.setattr("experiments.sweeps.catalogue.CONF", tmp_path)
    for name, text, message in (
        ("broken", "_target_: [", "while parsing a flow node"),
        ("listed", "- 3", "is no mapping of settings to values"),
        ("binary", "\0", "special characters are not allowed"),
    ):
        path = tmp_path / "optimizer" / f"{name}.yaml"
        path.write_text(text)
        with pytest.raises(InputError, match=message) as caught:
            loaded("optimizer", name)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


def test_names_of_configurations_may_be_patterns(tmp_path: Path) -> None:
    sweep = run("experiments.run", "-m", "optimizer=glob(*search)", "budget=5", f"out={tmp_path}")
    assert sweep.returncode == 0, sweep.stderr
    assert {path.parent.name for path in results(tmp_path)} == {"local_search", "random_search"}


def test_an_optimizer_that_fails_to_be_made_stops_no_other_run(tmp_path: Path) -> None:
    made = "++optimizer._target_=tests.support.doubles.Failing,optimizers.RandomSearch"
    sweep = run("experiments.run", "-m", made, "budget=5", f"out={tmp_path}")
    assert sweep.returncode == 1
    assert sweep.stderr.splitlines()[-2] == "1 failed:"
    assert sweep.stderr.endswith(": ZeroDivisionError: an optimizer's own mistake\n")
    assert len(results(tmp_path)) == 1
    assert states(tmp_path) == ["failed", "done"]


def test_a_population_that_takes_the_whole_budget_is_warned_of(tmp_path: Path) -> None:
    warning = (
        "warning: nsga2 is a random search: its first generation, pop_size=20, takes the whole budget of 20 evaluations"
    )
    arguments = ("experiments.run", "-m", "optimizer=nsga2,local_search", "seeds=2", f"out={tmp_path}")
    sweep = run(*arguments, "budget=20")
    assert sweep.stderr.count("warning: nsga2 is a random search: its first generation, pop_size=100") == 1
    single = run("experiments.run", "optimizer=nsga2", "optimizer.pop_size=20", "budget=20", f"out={tmp_path}")
    assert single.stderr == f"{warning}\n"
    enough = run("experiments.run", "optimizer=nsga2", "optimizer.pop_size=20", "budget=21", f"out={tmp_path}")
    assert enough.stderr == ""


def test_many_seeds_in_one_job_are_the_runs_of_as_many_jobs(tmp_path: Path) -> None:
    arguments = ("experiments.run", "-m", "optimizer=nsga2", "budget=120", "problem.noise=sample")
    assert run(*arguments, "seeds=3", f"out={tmp_path / 'one'}").returncode == 0
    assert run(*arguments, "seed=range(0,3)", f"out={tmp_path / 'many'}").returncode == 0
    one, many = results(tmp_path / "one"), results(tmp_path / "many")
    assert [path.relative_to(tmp_path / "one") for path in one] == [
        path.relative_to(tmp_path / "many") for path in many
    ]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in many]
    listed = run(*arguments, "seeds=[2,0]", f"out={tmp_path / 'one'}")
    assert listed.stdout.count("(found, not repeated)") == 2


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ("0", "seeds is 0, but must be at least 1"),
        ("[]", "must name some"),
        ("[1,1]", "each once"),
        ("a", "seeds is 'a'"),
    ],
)
def test_wrong_seeds_are_refused(seeds: str, message: str, tmp_path: Path) -> None:
    answer = run("experiments.run", f"seeds={seeds}", "budget=5", f"out={tmp_path}")
    assert answer.returncode == 2
    assert message in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named_in_a_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("a file, where a folder should be")
    for arguments in (("budget=5",), ("-m", "seeds=2", "budget=5")):
        answer = run("experiments.run", *arguments, f"out={out}")
        assert answer.returncode == 2
        assert "cannot be written: " in answer.stderr
        assert "Traceback" not in answer.stderr
    assert out.read_text() == "a file, where a folder should be"


def test_help_lists_the_optimizers_with_a_line_each() -> None:
    answer = run("experiments.run", "--help")
    assert answer.returncode == 0, answer.stderr
    for name in choices("optimizer"):
        assert re.search(rf"^  {name} +[A-Za-z].{{20,}}\.$", answer.stdout, flags=re.MULTILINE), name
    for name in choices("problem"):
        assert f"  {name}\n" in answer.stdout


@pytest.mark.parametrize("name", choices("problem"))
def test_every_problem_that_ships_has_an_exact_front(name: str, tmp_path: Path) -> None:
    done = run("experiments.run", f"problem={name}", "budget=5", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert "hypervolume regret 0." in done.stdout


def test_constraints_of_a_problem(tmp_path: Path) -> None:
    limits = "problem.constraints={latency@rtx3080: 17, memory_bfloat16: 250}"
    for words in ([limits], ["problem.constraints=null"], []):
        done = run("experiments.run", *words, "optimizer=nsga2", "budget=5", f"out={tmp_path / 'out'}")
        assert done.returncode == 0, done.stderr
    assert "found, not repeated" in done.stdout  # no constraints, said or not, are the same problem
    name = "gpt_s-perplexity-latency@a100-within-latency@rtx3080=17-memory_bfloat16=250"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["gpt_s-perplexity-latency@a100", name]
    impossible = run("experiments.run", "problem.constraints={latency@rtx3080: 1}", f"out={tmp_path / 'none'}")
    assert impossible.returncode == 2
    assert "error: infeasible: no architecture of 'gpt_s' has latency@rtx3080 of at most 1 ms" in impossible.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mistake", ["budget=0", "budget=many", "n_workers=0", "seed=-1", "problem.space=gpt_xl"])
def test_a_mistake_of_a_single_run_leaves_no_folder(tmp_path: Path, mistake: str) -> None:
    assert run("experiments.run", mistake, f"out={tmp_path / 'out'}").returncode == 2
    assert not (tmp_path / "out").exists()
