"""How long exact fronts with a metric of one's own take, and evaluations: ``python -m benchmarks.own_metric``.

Seconds of one core (CPU time), medians of three, of evaluations of 60; nothing comes from the cache.
"""

import os
import time
from collections.abc import Callable
from functools import partial

import numpy as np

import hwbench_mo as hb
from hwbench_mo.benchmark.front_cache import VARIABLE
from hwbench_mo.typing import Floats

LIMITS = {"gpt_s": 150.0, "gpt_m": 600.0, "gpt_l": 1200.0}
"""MB of the key-value cache."""
ROWS = (
    (["perplexity", "kv_cache"], False),
    (["perplexity", "uneven"], False),
    (["perplexity", "latency@a100"], True),
    (["perplexity", "latency@a100", "kv_cache"], False),
)


def kv_cache(counts: hb.LayerCounts) -> Floats:
    """Of 8 sequences of 1,024 tokens in bfloat16."""
    return np.asarray(2 * 64 * counts.total_heads * 2 * 8 * 1024 / 1e6)


def uneven(counts: hb.LayerCounts) -> Floats:
    """No sum over layers."""
    busiest = np.maximum(counts.mlp_ratio.max(axis=1), counts.n_head.max(axis=1))
    return np.asarray(np.sqrt(counts.embed_dim) * busiest + counts.total_heads * counts.total_mlp_ratio)


def seconds(call: Callable[[], object]) -> float:
    """Of one core."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> None:
    """Print all figures."""
    os.environ[VARIABLE] = ""
    metrics = [hb.Metric(name=one.__name__, function=one, unit="MB") for one in (kv_cache, uneven)]
    for space, limit in LIMITS.items():
        bench = hb.load_benchmark(space)
        for objectives, limited in ROWS:
            taken = []
            for _ in range(3):  # a new problem has no front yet
                limits = {"kv_cache": limit} if limited else {}
                problem = hb.make_problem(bench, objectives, constraints=limits, metrics=metrics)
                taken.append(seconds(problem.pareto_front))
            n = len(problem.pareto_front().codes)
            within = f" within kv_cache of {limit:g} MB" if limited else ""
            print(f"{space}: {', '.join(objectives)}{within}: {n} points, {np.median(taken):.3f} s")
        own, codes = bench.with_metrics(*metrics), bench.space.sample(1000, np.random.default_rng(0))
        for names in (["perplexity", "kv_cache"], ["perplexity", "params"]):
            kernel = own.kernel(names)
            taken = [seconds(partial(kernel, codes)) for _ in range(60)]
            print(f"{space}: {', '.join(names)}: {np.median(taken) * 1e6 / len(codes):.2f} µs an evaluation")


if __name__ == "__main__":
    main()
