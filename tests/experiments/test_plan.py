"""Plans of sweeps: what is kept of them, and that a plan in somebody's folder is data and nothing else."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.sweeps.plan import Plan, Planned, plans_in, read_plan
from experiments.sweeps.request import Request
from hwbench_mo import InputError
from tests.support.commands import results, run, states


class Evil:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self._trace,)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    request = Request.parse(["-m", "optimizer=nsga2,random_search", "seed=0,a", "budget=5", f"out={tmp_path}"])
    assert request.plan is not None
    request.plan.note()
    request.plan.note()
    (path,) = plans_in(tmp_path)
    assert read_plan(path) == request.plan
    assert [run.why for run in request.plan.runs] == ["", "seed is 'a', but must be an integer from 0"] * 2
    assert all((run.path is None) == (run.identity == "") == bool(run.why) for run in request.plan.runs)
    assert str(tmp_path) not in path.read_text()  # the folder can be moved


def test_a_plan_executes_nothing(tmp_path: Path) -> None:
    trace, out = tmp_path / "trace", tmp_path / "out"
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps(Evil(trace)))
    words = ["cost._target_=joblib.load", f"+cost.filename={tmp_path / 'evil.pkl'}", "++optimizer._target_=os.getcwd"]
    plans = out / ".plans"
    plans.mkdir(parents=True)
    (plans / "overrides.json").write_text(json.dumps({"overrides": words}))
    Plan(out, [Planned(" ".join(words), out / "gpt_s" / "seed-0-0.parquet", "0" * 64)]).note()
    answer = run("experiments.status", str(out))
    assert answer.returncode == 1
    assert "overrides.json: truncated, or not a plan of this version; delete it, and start" in answer.stdout
    assert answer.stdout.endswith("2 runs: 1 planned, 1 broken\n")
    assert not trace.exists()


def forged(**fields: object) -> Callable[[Path], object]:
    """Changes the first run of a plan, and the checksum with it."""

    def forge(path: Path) -> None:
        noted = json.loads(path.read_text())
        noted["runs"][0] |= fields
        decisive = json.dumps([noted["format"], noted["runs"]], sort_keys=True)
        path.write_text(json.dumps(noted | {"sha256": hashlib.sha256(decisive.encode()).hexdigest()}))

    return forge


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_text(path.read_text()[:-20]), "truncated, or not a plan"),
        (lambda path: path.write_text(path.read_text().replace("seed-0", "seed-1")), "its checksum does not match"),
        (lambda path: path.write_text("[" * 100_000), "truncated, or not a plan"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "truncated, or not a plan"),
        (lambda path: (path.unlink(), path.mkdir()), "truncated, or not a plan"),
        (forged(path="/etc/passwd"), "has the path '/etc/passwd', which is not in the folder"),
        (forged(path="a/../../b"), "which is not in the folder"),
        (forged(path="a\0b"), "which is not in the folder"),
        (forged(label=3), "that is no text"),
    ],
)
def test_a_broken_plan_is_listed_and_hides_no_other(
    damage: Callable[[Path], object], message: str, finished: Path
) -> None:
    (whole,) = plans_in(finished)
    other = whole.with_name("other.json")
    other.write_text(whole.read_text())
    damage(other)
    answer = run("experiments.status", str(finished))
    assert answer.returncode == 1
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith("broken ")]
    assert message in line
    assert states(finished).count("done") == len(results(finished)) == 1


def test_a_plan_that_cannot_be_composed_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'optimizer\.nothing' does not exist"):
        Request.parse(["-m", "~optimizer.nothing", f"out={tmp_path / 'out'}"])
    assert not (tmp_path / "out").exists()
