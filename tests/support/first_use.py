"""What the library does alone, as its first user would try it. Run as a script where the library is installed.

``python first_use.py FOLDER`` needs no test tools; it prints a line a step, and fails if one does.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import hwbench_mo as hb
from hwbench_mo.__main__ import main

OPTIONAL = ("hydra", "matplotlib", "optuna", "pandas", "plotly", "pyarrow", "pymoo", "scipy", "torch")


class Evolution:
    """An optimizer of one's own: changes one gene of an architecture that was not dominated when it was observed."""

    def __init__(self, problem: hb.Problem, *, seed: int) -> None:
        self.space, self.rng = problem.space, np.random.default_rng(seed)
        self.parents = np.empty((0, problem.space.n_genes), dtype=np.int64)

    def ask(self, n: int, /) -> np.ndarray:
        if not len(self.parents):
            return self.space.sample(n, self.rng)
        children = self.parents[self.rng.integers(len(self.parents), size=n)].copy()
        genes = self.rng.integers(self.space.n_genes, size=n)
        children[np.arange(n), genes] = self.space.sample(n, self.rng)[np.arange(n), genes]
        return self.space.repair(children)

    def tell(self, codes: np.ndarray, values: np.ndarray, /) -> None:
        self.parents = np.concatenate([self.parents, codes])[-50:]


def first_use(folder: Path) -> None:
    """Import, problem, predictions, front, a run, a recommendation, and the page of the explorer."""
    problem = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
    front = problem.pareto_front()
    print(front)
    codes = problem.space.sample(100, np.random.default_rng(0))
    assert problem.evaluate(codes).shape == (100, 2)
    latency = hb.load_benchmark("gpt_s").predict(codes, "latency@a100")
    print(latency, latency.quantile(0.95).mean())
    trajectory = hb.simulate(problem, Evolution(problem, seed=0), budget=200, n_workers=4)
    regret = hb.regret_curve(problem, trajectory)[-1]
    print(trajectory, f"regret {regret:.3f}")
    assert 0 < regret < 1
    assert len(hb.compare([trajectory])) == 1
    print(hb.recommend("gpt_s", limits={"latency@rtx3080": 20.0}, confidence=0.95))
    assert all(shown._repr_html_() for shown in (front, latency, trajectory))  # as a notebook shows them
    page = folder / "page.html"
    assert main(["explore", "--space", "gpt_s", "--out", str(page)]) == 0
    assert page.stat().st_size > 100_000
    for call, extra in ((front.to_frame, "pandas"), (lambda: trajectory.save(folder / "run.parquet"), "parquet")):
        line = refused(call)
        print(line)
        assert line.startswith("this needs ") and "pip install" in line, f"{extra}: {line}"  # noqa: PT018


def refused(call: Callable[[], object]) -> str:
    """What a call says that needs something that a bare environment lacks."""
    try:
        call()
    except hb.InputError as error:
        return str(error)
    raise AssertionError("the environment is not bare")


if __name__ == "__main__":
    started = time.perf_counter()
    first_use(Path(sys.argv[1]))
    loaded = sorted({name.partition(".")[0] for name in sys.modules} & {*OPTIONAL})
    assert not loaded, f"loaded {loaded}"
    print(f"{hb.__file__}: {time.perf_counter() - started:.1f} s, Python {sys.version.split()[0]}")
