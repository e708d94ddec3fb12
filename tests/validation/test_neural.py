"""Networks learn what a table cannot hold, are tuned on the held rows, and give the same answers again."""

import builtins
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements import Measurements
from hwbench_mo.spaces.coding import EMBED_DIM, FIRST_SLOT
from hwbench_mo.typing import Bools, Floats
from hwbench_mo.validation import baselines, execution, neural
from hwbench_mo.validation.baselines import all_baselines, views
from hwbench_mo.validation.judge import judge
from hwbench_mo.validation.neural import PENALTIES, Network, neural_learner, one_hot_views
from tests.support.measured import TOY
from tests.support.validation import known, options_of

pytest.importorskip("sklearn")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neural, "UPDATES", 400)
    monkeypatch.setattr(neural, "MEMBERS", 2)


def test_features_are_those_of_the_other_baselines(measured: Measurements) -> None:
    """Each view determines the other baselines' view, and is determined by it."""
    for target in ("latency@a100", "perplexity"):
        ours, theirs = (make(TOY, measured.codes, target) for make in (one_hot_views, views))
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            both = [np.unique(x, axis=0, return_inverse=True)[1].reshape(-1) for x in (one, other)]
            pairs = len(np.unique(np.stack(both), axis=1).T)
            assert pairs == both[0].max() + 1 == both[1].max() + 1
            assert (one[:, EMBED_DIM] == measured.codes[:, EMBED_DIM]).all()
            assert ((one[:, FIRST_SLOT : FIRST_SLOT + len(TOY.embed_dim)].sum(axis=1)) == 1).all()


def _problem(noise: float) -> tuple[list[Floats], Floats, Bools, list[Floats], Floats]:
    """A product of two features, at two widths that differ a thousandfold; and the noiseless answers of new rows."""
    rng = np.random.default_rng(0)

    def draw(n: int) -> tuple[Floats, Floats]:
        x = np.column_stack([rng.integers(2, size=n), rng.normal(size=(n, 4))])
        return x, 7 * x[:, 0] + 0.1 * (x[:, 1] + x[:, 1] * x[:, 2])

    (x, y), (x_new, new) = draw(800), draw(200)
    y = y + noise * rng.normal(size=len(y))
    return [x], y[:, None], rng.random(len(y)) < 0.15, [x_new], new


def test_networks_learn_a_product_of_features() -> None:
    x, y, held, x_new, new = _problem(0.0)
    held_answers, answers = neural_learner(x, y, held, x_new)
    assert held_answers.shape == (held.sum(), 1)
    within = new - np.where(x_new[0][:, 0] == 1, new[x_new[0][:, 0] == 1].mean(), new[x_new[0][:, 0] == 0].mean())
    assert np.sqrt(np.mean((answers[:, 0] - new) ** 2)) < 0.2 * within.std()
    assert np.sqrt(np.mean((held_answers - y[held]) ** 2)) < 0.2 * within.std()


def test_the_penalty_follows_the_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {}
    for noise in (0.0, 1.0):
        used: list[float] = []
        fit = Network.fit

        def remember(x: Floats, y: Floats, penalty: float, *, seed: int, used: Any = used, fit: Any = fit) -> Network:
            used.append(penalty)
            network: Network = fit(x, y, penalty, seed=seed)
            return network

        with monkeypatch.context() as patch:
            patch.setattr(Network, "fit", staticmethod(remember))
            neural_learner(*_problem(noise)[:4])
        assert PENALTIES[len(PENALTIES) // 2] in used
        chosen[noise] = used[-1]
    assert chosen[0.0] < chosen[1.0]


def test_the_view_with_the_least_error_is_chosen() -> None:
    x, y, held, x_new, _ = _problem(0.0)
    useless = [np.column_stack([one[:, 0], np.zeros((len(one), 3))]) for one in (x[0], x_new[0])]
    with_both = neural_learner([useless[0], x[0]], y, held, [useless[1], x_new[0]])
    for one, other in zip(with_both, neural_learner(x, y, held, x_new), strict=True):
        assert (one == other).all()


def test_answers_repeat_and_leave_global_randomness_alone() -> None:
    x, y, held, x_new, _ = _problem(0.1)
    y = np.column_stack([y, y[:, 0] ** 2])
    np.random.seed(1)  # noqa: NPY002
    state = repr(np.random.get_state())  # noqa: NPY002
    first = neural_learner(x, y, held, x_new)
    assert repr(np.random.get_state()) == state  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    for one, other in zip(first, neural_learner(x, y, held, x_new), strict=True):
        assert one.shape[1] == 2
        assert (one == other).all()


def test_no_batch_is_much_smaller_than_the_others() -> None:
    for n in range(200, 10_001):
        size = neural.batch_size(n)
        assert size <= neural.MOST_BATCH
        assert not 0 < n % size < size / 2, n


def test_one_width_and_constant_answers() -> None:
    x, _, held, x_new, _ = _problem(0.0)
    for one in (x[0], x_new[0]):
        one[:, 0] = 0
    held_answers, answers = neural_learner(x, np.full((len(held), 1), 3.0), held, x_new)
    assert held_answers == pytest.approx(3.0, abs=0.05)
    assert answers == pytest.approx(3.0, abs=0.05)


def test_results_are_kept_like_those_of_other_baselines(
    few: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(execution, "fit_space", known)
    options = options_of(tmp_path, targets=["perplexity"], baselines=["neural"])
    first = judge({"toy": few}, options).findings.table
    monkeypatch.setattr(neural, "neural_learner", None)  # nothing is trained again
    capsys.readouterr()
    assert judge({"toy": few}, options).findings.table.equals(first)
    assert "4 results, of which 4 are there" in capsys.readouterr().out


def test_without_scikit_learn_one_line_says_what_to_install(few: Measurements, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *rest: Any, **more: Any) -> ModuleType:
        if name.partition(".")[0] == "sklearn":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(baselines, "find_spec", lambda name: None)
    expected = r"^the comparison with neural networks needs scikit-learn: pip install .* -e '.\[validate\]'$"
    with pytest.raises(InputError, match=expected):
        all_baselines()["neural"](few, few.codes, "perplexity")
