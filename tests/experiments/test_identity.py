"""What decides the result of a run makes its identity: settings, what answers, versions, and code."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.sweeps.identity import code_of, identity_of, versions_of
from hwbench_mo import CostModel, __version__, make_problem
from hwbench_mo.sources import read_source
from optimizers import NSGA2, RandomSearch
from tests.support.commands import results, run

CONFIG = {"seed": 0, "budget": 5, "problem": {"space": "gpt_s"}}
MINE = '''"""An optimizer of a user's own."""

from mine.drawing import draw


class Mine:
    """Draws at random."""

    def __init__(self, problem, *, seed):
        self.space, self.seed = problem.space, seed

    def ask(self, n):
        return draw(self.space, n, self.seed)

    def tell(self, codes, values):
        pass
'''
DRAWING = """import numpy as np


def draw(space, n, seed):
    return space.sample(n, np.random.default_rng(seed))
"""


def test_what_decides_the_result_makes_the_identity() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    other = make_problem("gpt_m", ["perplexity", "latency@a100"])
    numpy, code = {"numpy": "2.4.6"}, ["0" * 64]
    base = identity_of(CONFIG, problem, numpy, code)
    assert identity_of(dict(reversed(CONFIG.items())), problem, numpy, code) == base
    changed: list[tuple[dict[str, Any], Any, dict[str, str], list[str]]] = [
        ({**CONFIG, "seed": 1}, problem, numpy, code),
        (CONFIG, other, numpy, code),
        (CONFIG, problem, {"numpy": "2.4.7"}, code),
        (CONFIG, problem, numpy, ["1" * 64]),
    ]
    assert base not in [identity_of(*decisive) for decisive in changed]


def test_optimizers_differ_in_their_code() -> None:
    problem = make_problem("gpt_s", ["perplexity", "latency@a100"])
    (random_search, cost), (nsga2, same) = (
        code_of(made(problem, seed=0), CostModel()) for made in (RandomSearch, NSGA2)
    )
    assert random_search != nsga2
    assert cost == same


def test_an_optimizer_that_adapts_no_library_depends_on_numpy_alone() -> None:
    class Mine:
        def ask(self, n: int, /) -> Any: ...

        def tell(self, codes: Any, values: Any, /) -> None: ...

    versions = versions_of(Mine())
    assert list(versions) == ["hwbench_mo", "numpy"]
    assert versions["hwbench_mo"] == __version__


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Writes a file of a package of a user's own; the next run imports it anew, as another process would."""
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "path" / "mine").mkdir(parents=True)

    def write(name: str, text: str) -> None:
        (tmp_path / "path" / "mine" / name).write_text(text)
        importlib.invalidate_caches()
        read_source.cache_clear()
        for module in [module for module in sys.modules if module.partition(".")[0] == "mine"]:
            monkeypatch.delitem(sys.modules, module)

    return write


def test_a_run_is_found_while_the_code_that_made_it_is_the_same(
    edit: Callable[[str, str], None], tmp_path: Path
) -> None:
    words = ("experiments.run", "++optimizer._target_=mine.optimizer.Mine", "~optimizer.multiple", "budget=5")
    edit("optimizer.py", MINE)
    edit("drawing.py", DRAWING)
    assert run(*words, f"out={tmp_path / 'out'}").returncode == 0
    edit("optimizer.py", MINE.replace("Draws at random.", "Draws, and learns nothing.") + "# enough\n")
    assert "(found, not repeated)" in run(*words, f"out={tmp_path / 'out'}").stdout
    edit("drawing.py", DRAWING.replace("default_rng(seed)", "default_rng(seed + 1)"))
    assert "(found, not repeated)" not in run(*words, f"out={tmp_path / 'out'}").stdout
    assert len(results(tmp_path / "out")) == 2
