"""Calls of the public functions with arguments of every kind: a right answer, or one line."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import hwbench_mo as hb
from tests.support.spaces import slow_value
from tests.torture.outcome import Tally

BENCH = {name: hb.load_benchmark(name) for name in ("gpt_s", "gpt_m", "gpt_l", "gpt_s_wide")}
PROBLEMS = [
    (names, hb.make_problem("gpt_s", names))
    for names in (["perplexity", "latency@a100"], ["accuracy", "energy@p100"], ["memory_float16", "params", "flops"])
]
PROBLEM = hb.make_problem("gpt_s", ["perplexity", "latency@a100"])
TRAJECTORY = hb.Trajectory(
    codes=np.zeros((2, 27), dtype=np.int64),
    values=np.array([[30.0, 9.0], [25.0, 12.0]]),
    finish_times=np.array([1.0, 2.0]),
    objectives=PROBLEM.objectives,
)


def valid_codes(rng: np.random.Generator, name: str = "gpt_s") -> Any:
    return BENCH[name].space.sample(int(rng.integers(0, 4)), rng)


def broken_codes(rng: np.random.Generator) -> Any:
    """Codes of another form, each by one of a dozen mistakes."""
    codes = BENCH["gpt_s"].space.sample(2, rng)
    mistakes: list[Callable[[], Any]] = [
        lambda: codes[:, :-1],
        lambda: codes[0],
        lambda: codes.astype(float),
        lambda: codes.astype(np.uint8),
        lambda: codes.astype(object),
        lambda: codes.tolist(),
        lambda: [codes.tolist()[0], codes.tolist()[1][:5]],
        lambda: -codes - 1,
        lambda: codes + rng.integers(0, 2**40),
        lambda: codes * 1j,
        lambda: np.ma.masked_array(codes, mask=codes > 0),
        lambda: codes[None],
        lambda: np.full_like(codes, np.iinfo(np.int64).min),
        lambda: codes.astype(np.uint64) + np.uint64(2**63),
        lambda: codes.astype(bool),
        lambda: codes[::-1, ::-1].T,
        lambda: codes.astype(">i4"),
        lambda: BENCH["gpt_s"].space.decode(codes),
        lambda: BENCH["gpt_s"].space.decode(codes)[0],
    ]
    return mistakes[rng.integers(len(mistakes))]()


def anything(rng: np.random.Generator) -> Any:
    """Values of any type."""
    pool: list[Callable[[], Any]] = [
        lambda: None,
        lambda: "",
        lambda: "perplexity",
        lambda: "latency@a100",
        lambda: "latency@" + "x" * int(rng.integers(0, 300)),
        lambda: "gpt_s",
        lambda: "gpt_t\n\0",
        lambda: b"gpt_s",
        lambda: True,
        lambda: int(rng.integers(-5, 5)),
        lambda: 10**30,
        lambda: 0.5,
        lambda: float("nan"),
        lambda: float("-inf"),
        lambda: 1j,
        list,
        dict,
        lambda: {"a": 1},
        lambda: (),
        lambda: [0.1, "x"],
        lambda: [[1, 2], [3]],
        lambda: ["perplexity", "latency@a100"],
        lambda: ["perplexity", "perplexity"],
        lambda: Path("/no/such/folder"),
        lambda: object(),
        lambda: hb,
        lambda: np.zeros(0),
        lambda: np.array(["a", "b"]),
        lambda: np.array([None, 1]),
        lambda: np.array(3),
        lambda: np.full((2, 2), np.nan),
        lambda: np.ones((2, 3)) * 1e308,
        lambda: np.datetime64("2024-01-01"),
        lambda: rng,
        lambda: BENCH["gpt_s"].space,
        lambda: BENCH["gpt_m"],
        lambda: PROBLEM,
        lambda: TRAJECTORY,
    ]
    return pool[rng.integers(len(pool))]()


def some_codes(rng: np.random.Generator) -> Any:
    return (valid_codes, broken_codes, anything)[rng.integers(3)](rng)


def is_centre(codes: Any, names: Sequence[str], answer: Any) -> bool:
    """Whether noise-free values are those of the plain twin, entry by entry."""
    bench = BENCH["gpt_s"]
    for code, row in zip(np.asarray(codes), answer, strict=True):
        for name, value in zip(names, row, strict=True):
            exact = slow_value(bench.space, bench.model(name), code) * (-1 if name == "accuracy" else 1)
            if not abs(value - exact) <= 1e-12 * abs(exact):
                return False
    return True


def fuzz(n: int, seed: int) -> Tally:
    """``n`` calls."""
    tally = Tally("fuzzed calls")
    rng = np.random.default_rng(seed)
    names = list(BENCH["gpt_s"].targets)

    def anything_goes(answer: Any) -> bool:
        return True

    def target() -> Any:
        return names[rng.integers(len(names))] if rng.random() < 0.8 else anything(rng)

    def evaluate() -> None:
        codes, (objectives, problem) = some_codes(rng), PROBLEMS[rng.integers(len(PROBLEMS))]
        tally.attack("evaluate", lambda: problem.evaluate(codes), lambda found: is_centre(codes, objectives, found))

    def predict() -> None:
        codes, name = some_codes(rng), target()
        tally.attack(
            "predict",
            lambda: BENCH["gpt_s"].predict(codes, name).median,
            lambda found: is_centre(codes, [name], np.abs(found[:, None])) or name == "accuracy",
        )

    def sample_of_prediction() -> None:
        p = BENCH["gpt_s"].predict(valid_codes(rng), "energy@p100")
        settings = {"seed": anything(rng), "repeat": anything(rng)}
        tally.attack("Prediction.sample", lambda: p.sample(**settings), lambda found: len(found) == len(p.codes))

    def quantile() -> None:
        p = BENCH["gpt_s"].predict(valid_codes(rng), "energy@p100")
        levels = anything(rng)
        tally.attack("quantile", lambda: p.quantile(levels), lambda found: len(found) == len(p.codes))

    def sample() -> None:
        arguments = anything(rng), (rng if rng.random() < 0.5 else anything(rng))
        tally.attack("sample", lambda: BENCH["gpt_m"].space.sample(*arguments), anything_goes)

    def coding() -> None:
        space, codes = BENCH["gpt_s"].space, some_codes(rng)
        name = ("decode", "counts", "canonical", "validate", "repair", "encode")[rng.integers(6)]
        tally.attack(name, lambda: getattr(space, name)(codes), anything_goes)

    def make() -> None:
        space = ("gpt_s", BENCH["gpt_l"], anything(rng))[rng.integers(3)]
        objectives = [target() for _ in range(rng.integers(0, 3))] if rng.random() < 0.7 else anything(rng)
        keys = rng.choice(["table", "devices", "noise", "seed", "repeats"], size=int(rng.integers(0, 2)), replace=False)
        settings = {str(key): anything(rng) for key in keys}
        tally.attack("make_problem", lambda: hb.make_problem(space, objectives, **settings), anything_goes)

    def load() -> None:
        name = anything(rng)
        settings = {key: anything(rng) for key in ("artifacts", "table", "devices") if rng.random() < 0.4}
        tally.attack("load_benchmark", lambda: hb.load_benchmark(name, **settings), anything_goes)

    def measure() -> None:
        volume = (hb.hypervolume, hb.hypervolume_curve)[rng.integers(2)]
        values, reference = anything(rng), anything(rng)
        tally.attack("hypervolume", lambda: volume(values, reference=reference), anything_goes)
        tally.attack("regret_curve", lambda: hb.regret_curve(PROBLEM, values), anything_goes)

    def own_space() -> None:
        fields = {key: anything(rng) if rng.random() < 0.3 else (1, 2) for key in ("embed_dim", "n_layer", "mlp_ratio")}
        settings: dict[str, Any] = {"name": "mine", "n_head": (1, 2), **fields}
        tally.attack("SearchSpace", lambda: hb.SearchSpace(**settings), anything_goes)

    def run() -> None:
        class Weird:
            def ask(self, n: int, /) -> Any:
                return some_codes(rng)

            def tell(self, codes: Any, values: Any, /) -> None: ...

        settings: dict[str, Any] = {"budget": 3, "n_workers": 2}
        for key in ("budget", "n_workers", "synchronous"):
            if rng.random() < 0.2:
                settings[key] = anything(rng)
        tally.attack("simulate", lambda: hb.simulate(PROBLEM, Weird(), **settings), anything_goes)

    attacks = (
        evaluate,
        predict,
        sample_of_prediction,
        quantile,
        sample,
        coding,
        make,
        load,
        measure,
        own_space,
        run,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        while sum(tally.counts.values()) < n:
            attacks[rng.integers(len(attacks))]()
    return tally
