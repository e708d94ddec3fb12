"""Is any architecture better than the one that is recommended? ``python -m studies.recommendations``.

Of each space and question, many architectures: half of them random, half the recommended one after one to eight random
steps. Those that keep the limits, by what `Benchmark.predict` says of each, are compared with the recommended one.
Then draws of the recommended one: the share that keeps each limit.
"""

import argparse
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from hwbench_mo import Benchmark, load_benchmark, recommend
from hwbench_mo.spaces.catalogue import MEASURED
from hwbench_mo.targets import Target
from hwbench_mo.typing import Bools, Codes

QUESTIONS: dict[str, list[tuple[str, tuple[str, ...], float | None]]] = {
    space: [
        ("perplexity", ("latency@rtx3080",), 0.95),
        ("perplexity", ("latency@rtx3080", "memory_bfloat16"), 0.95),
        ("perplexity", ("latency@v100", "energy@a100", "params"), 0.9),
        ("perplexity", ("latency@a100", "memory_float16", "energy@h100", "macs"), None),
        ("accuracy", ("latency@h100_sxm", "memory_bfloat16"), 0.95),
        ("latency@a100", ("perplexity",), None),
    ]
    for space in MEASURED
}
"""What is optimised, the limits, and the confidence."""
CHUNK = 100_000
DRAWS = 100_000


def limits_of(bench: Benchmark, names: tuple[str, ...]) -> dict[str, float]:
    """Limits that a share of random architectures keeps."""
    codes = bench.space.sample(2_000, np.random.default_rng(7))
    return {name: float(np.quantile(bench.predict(codes, name).median, 0.45)) for name in names}


def keeps(bench: Benchmark, codes: Codes, limits: dict[str, float], confidence: float | None) -> Bools:
    """``[n]``; by the predictions of each architecture."""
    kept = np.ones(len(codes), dtype=bool)
    for name, bound in limits.items():
        rows = np.flatnonzero(kept)
        p = bench.predict(codes[rows], name)
        amounts = p.median
        if confidence is not None:
            z = 0.0 if bench.model(name).by_order else NormalDist().inv_cdf(confidence)
            amounts = replace(p, median=p.median + z * p.standard_error).quantile(confidence)
        kept[rows] = amounts <= bound
    return kept


def some(bench: Benchmark, near: Codes, n: int, rng: np.random.Generator) -> Codes:
    """Half of them random, half some steps from ``near`` ``[1, d]``."""
    codes = np.repeat(near, n - n // 2, axis=0)
    steps = rng.integers(1, 9, size=len(codes))
    for step in range(1, 9):
        rows = steps >= step
        codes[rows] = bench.space.random_neighbours(codes[rows], rng)
    return np.concatenate([bench.space.sample(n // 2, rng), codes])


def main() -> None:
    """Print a row a space and question."""
    parser = argparse.ArgumentParser(prog="python -m studies.recommendations")
    parser.add_argument("--space", choices=MEASURED, nargs="*", default=MEASURED)
    parser.add_argument("--n", type=int, default=10_000_000, help="architectures a space, shared by its questions")
    options = parser.parse_args()
    print("| space | best | limits | confidence | architectures | feasible | better | draws within each limit |")
    print("| --- | --- | --- | --: | --: | --: | --: | --- |")
    for space in options.space:
        bench = load_benchmark(space)
        for number, (goal, names, confidence) in enumerate(QUESTIONS[space]):
            limits = limits_of(bench, names)
            asked: dict[str, Any] = {"maximise" if Target.parse(goal).sign < 0 else "minimise": goal}
            r = recommend(space, limits=limits, confidence=confidence, **asked)
            rng, sign = np.random.default_rng([number, 1]), Target.parse(goal).sign
            n, seen, feasible, better = options.n // len(QUESTIONS[space]), 0, 0, 0
            while seen < n:
                codes = some(bench, r.codes, min(CHUNK, n - seen), rng)
                inside = codes[keeps(bench, codes, limits, confidence)]
                seen, feasible = seen + len(codes), feasible + len(inside)
                if len(inside):
                    better += int((sign * bench.kernel([goal])(inside)[:, 0] < sign * r.value).sum())
            shares = []
            for name, bound in limits.items():
                p = bench.predict(np.repeat(r.codes, DRAWS, axis=0), name)
                shares.append(f"{np.mean(p.sample(seed=1, repeat=np.arange(DRAWS)) <= bound):.2%}")
            cells = [space, goal, ", ".join(names), f"{confidence}", f"{seen:,}", f"{feasible:,}", f"{better:,}"]
            print(f"| {' | '.join([*cells, ', '.join(shares)])} |", flush=True)


if __name__ == "__main__":
    main()
